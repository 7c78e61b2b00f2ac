/**
 * A text document as blocks to show, with the cited passage marked. Marks of Markdown are hidden, never moved:
 * every shown character knows its place in the file, so that a citation finds its words.
 */

export interface Span {
  text: string;
  strong: boolean;
  marked: boolean;
}

export interface Block {
  /** `verbatim`: code or a table, line by line as it is written. */
  kind: "heading" | "item" | "paragraph" | "verbatim";
  /** 1 to 6 for headings, else 0. */
  level: number;
  spans: Span[];
}

export interface Passage {
  start: number;
  end: number;
}

/** Index into a JavaScript string of the n-th character; the engine counts characters, not UTF-16 units. */
function unitIndex(text: string, characters: number): number {
  let at = 0;
  let left = characters;
  for (const letter of text) {
    if (left === 0) break;
    at += letter.length;
    left -= 1;
  }
  return at;
}

/** Where the quoted words are in `text`: at the cited place, else anywhere; null when the text has changed. */
export function locate(text: string, quote: string, start: number, end: number): Passage | null {
  if (quote.trim() === "") return null;
  const from = unitIndex(text, start);
  const to = unitIndex(text, end);
  if (text.slice(from, to) === quote) return { start: from, end: to };
  const exact = text.indexOf(quote);
  if (exact >= 0) return { start: exact, end: exact + quote.length };
  const loose = quote
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s>#*_]+");
  const match = new RegExp(loose).exec(text);
  return match === null ? null : { start: match.index, end: match.index + match[0].length };
}

const HEADING = /^(#{1,6})\s+/;
const FENCE = /^\s*(?:```|~~~)/;
const ROW = /^\s*\|/;
/** Facts about the file, before its text. */
const FRONT = /^---\n[\s\S]{0,4000}?\n---\n/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const HIDDEN = /\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`/g;

export function blocks(text: string, passage: Passage | null): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  let fenced = false;
  const front = FRONT.exec(text)?.[0].length ?? 0;
  let at = front;
  for (const line of text.slice(front).split("\n")) {
    const start = at;
    at += line.length + 1;
    const fence = FENCE.test(line);
    if (fence || fenced || ROW.test(line)) {
      if (fence) fenced = !fenced;
      if (fence || open?.kind !== "verbatim") open = null;
      if (fence) continue;
      open ??= verbatim(found);
      if (open.spans.length > 0) open.spans.push({ text: "\n", strong: false, marked: false });
      for (const [from, to, marked] of cut(start, start + line.length, passage)) {
        open.spans.push({ text: text.slice(from, to), strong: false, marked });
      }
      continue;
    }
    if (open?.kind === "verbatim") open = null;
    if (line.trim() === "") {
      open = null;
      continue;
    }
    const heading = HEADING.exec(line);
    const lead = heading ?? ITEM.exec(line);
    if (lead !== null || open === null) {
      const kind = heading ? "heading" : lead ? "item" : "paragraph";
      open = { kind, level: heading?.[1]?.length ?? 0, spans: [] };
      found.push(open);
    } else {
      const before = open.spans.at(-1);
      if (before && needsSpace(before.text, line)) before.text += " ";
    }
    const skipped = lead?.[0].length ?? 0;
    open.spans.push(...spansOf(line.slice(skipped), start + skipped, passage));
    if (heading) open = null;
  }
  return found;
}

function verbatim(found: Block[]): Block {
  const block: Block = { kind: "verbatim", level: 0, spans: [] };
  found.push(block);
  return block;
}

/** Lines of one paragraph are joined with a space, except between Chinese characters. */
function needsSpace(before: string, line: string): boolean {
  return !(/[\u2e80-\uffef]$/.test(before) && /^[\u2e80-\uffef]/.test(line));
}

function spansOf(line: string, offset: number, passage: Passage | null): Span[] {
  const spans: Span[] = [];
  let strong = false;
  let from = 0;
  const add = (to: number) => {
    for (const [start, end, marked] of cut(offset + from, offset + to, passage)) {
      const text = line.slice(start - offset, end - offset);
      const before = spans.at(-1);
      if (before?.strong === strong && before.marked === marked) before.text += text;
      else spans.push({ text, strong, marked });
    }
  };
  for (const mark of line.matchAll(HIDDEN)) {
    add(mark.index);
    if (mark[0] === "**" || mark[0] === "__") strong = !strong;
    from = mark.index + mark[0].length;
  }
  add(line.length);
  return spans;
}

/** Parts of a range before, inside and behind the passage. */
function cut(start: number, end: number, passage: Passage | null): [number, number, boolean][] {
  const inside = (at: number): number => Math.min(Math.max(at, start), end);
  const from = passage === null ? end : inside(passage.start);
  const to = passage === null ? end : inside(passage.end);
  const parts: [number, number, boolean][] = [
    [start, from, false],
    [from, to, true],
    [to, end, false],
  ];
  return parts.filter(([a, b]) => b > a);
}
