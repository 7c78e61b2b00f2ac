import { useState } from "react";

/** The still face of a tutor, or the first letter of the name while there is none. */
export function Poster({ name, url }: { name: string; url: string | null }) {
  const [broken, setBroken] = useState(false);
  if (url === null || url === "" || broken) {
    return (
      <span className="poster poster-letter" aria-hidden="true">
        {Array.from(name)[0]}
      </span>
    );
  }
  return <img className="poster" src={url} alt="" onError={() => setBroken(true)} />;
}
