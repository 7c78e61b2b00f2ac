/**
 * Where quoted words stand on a page of a PDF: as the engine measured them, or found again among the words that the
 * browser reads from the page. Pure; all lengths are PDF points from the top left corner.
 */

export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** One run of text as PDF.js reads it. */
export interface Run {
  text: string;
  box: Rectangle;
}

/** Letters compare equal whatever their width, case, spaces and hyphens at line ends. */
const folded = (letter: string): string => letter.normalize("NFKC").toLowerCase();
const SILENT = /[\s\u00ad\u200b-\u200f\u2060\ufeff\-‐‑*_`#>|]/u;

interface Place {
  run: number;
  /** UTF-16 units within the run. */
  from: number;
  to: number;
}

/** Rectangles of the first place where the quote stands; none when it does not. Lines of a passage stay apart. */
export function findQuote(runs: readonly Run[], quote: string): Rectangle[] {
  const { letters, places } = read(runs);
  const wanted = Array.from(quote)
    .filter((letter) => !SILENT.test(letter))
    .map(folded)
    .join("");
  if (wanted === "") return [];
  const at = letters.indexOf(wanted);
  if (at < 0) return [];
  return boxes(runs, places.slice(at, at + wanted.length));
}

function read(runs: readonly Run[]): { letters: string; places: Place[] } {
  let letters = "";
  const places: Place[] = [];
  runs.forEach(({ text }, run) => {
    let from = 0;
    for (const letter of text) {
      const to = from + letter.length;
      if (!SILENT.test(letter)) {
        const plain = folded(letter);
        letters += plain;
        for (let unit = 0; unit < plain.length; unit += 1) places.push({ run, from, to });
      }
      from = to;
    }
  });
  return { letters, places };
}

function boxes(runs: readonly Run[], places: readonly Place[]): Rectangle[] {
  const found = new Map<number, Place>();
  for (const place of places) {
    const known = found.get(place.run);
    if (known === undefined) found.set(place.run, { ...place });
    else known.to = Math.max(known.to, place.to);
  }
  return joined(
    Array.from(found.values(), ({ run, from, to }) => part(runs[run] as Run, from, to)),
  );
}

/** A part of a run; letters of a run are taken as equally wide. */
function part({ text, box }: Run, from: number, to: number): Rectangle {
  const width = box.right - box.left;
  const share = (units: number) => box.left + (width * units) / Math.max(text.length, 1);
  return { ...box, left: share(from), right: share(to) };
}

/** Neighbours on one line become one rectangle. */
function joined(rectangles: readonly Rectangle[]): Rectangle[] {
  const lines: Rectangle[] = [];
  for (const next of rectangles) {
    const line = lines.at(-1);
    if (line !== undefined && sameLine(line, next)) {
      line.left = Math.min(line.left, next.left);
      line.right = Math.max(line.right, next.right);
      line.top = Math.min(line.top, next.top);
      line.bottom = Math.max(line.bottom, next.bottom);
    } else lines.push({ ...next });
  }
  return lines;
}

function sameLine(one: Rectangle, other: Rectangle): boolean {
  const middle = (other.top + other.bottom) / 2;
  const gap = other.left - one.right;
  const height = one.bottom - one.top;
  return middle > one.top && middle < one.bottom && gap < 2 * height && gap > -height;
}
