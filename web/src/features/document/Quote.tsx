import type { Citation } from "../../protocol";

/** The quoted words by themselves, and why they stand alone. */
export function Quote({ citation, about }: { citation: Citation; about: string }) {
  return (
    <figure className="document-quote">
      <figcaption className="small">{about}</figcaption>
      <blockquote>
        <mark data-testid="passage">{citation.quote}</mark>
      </blockquote>
    </figure>
  );
}
