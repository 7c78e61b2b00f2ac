import { Poster } from "../../ui/Poster";
import type { SpokenClip } from "./useSpokenClip";

interface Props {
  name: string;
  url: string | null;
  spoken: SpokenClip;
}

/** A face: its still picture, and over it the film in which it speaks. */
export function SpeakingFace({ name, url, spoken: { clip, rest } }: Props) {
  return (
    <>
      <Poster key={url} name={name} url={url} />
      {clip.state === "there" && (
        // biome-ignore lint/a11y/useMediaCaption: the sentence that is said stands beside it
        <video
          key={clip.url}
          className="speaking-face"
          src={clip.url}
          autoPlay
          playsInline
          // On a phone the button lies below the face.
          onPlaying={(event) => event.currentTarget.scrollIntoView({ block: "nearest" })}
          onEnded={rest}
          onError={rest}
          aria-label={name}
          data-testid="clip"
        />
      )}
    </>
  );
}
