/** The words of one answer against what has really sounded of them. Pure text, no clock. */

const WORD = /[\p{L}\p{N}]/u;

/**
 * Where `heard` ends inside `content`, or -1 when it does not begin there. Letters and digits decide: spaces
 * and marks may differ between what was spoken and what is shown.
 */
export function heardLength(content: string, heard: string, from = 0): number {
  const wanted = Array.from(heard).filter((letter) => WORD.test(letter));
  if (wanted.length === 0) return from;
  let at = from;
  let matched = 0;
  for (const letter of content.slice(from)) {
    if (matched === wanted.length) {
      // Marks right behind the last word belong to it.
      if (WORD.test(letter) || /\s/u.test(letter)) break;
    } else if (WORD.test(letter)) {
      if (letter.toLowerCase() !== wanted[matched]?.toLowerCase()) return -1;
      matched += 1;
    }
    at += letter.length;
  }
  return matched === wanted.length ? at : -1;
}

const letters = (text: string): string =>
  Array.from(text.toLowerCase())
    .filter((letter) => WORD.test(letter))
    .join("");

/** Whether `whole` begins with all words of `part` and has more. */
export function goesOn(part: string, whole: string): boolean {
  const [before, after] = [letters(part), letters(whole)];
  return before !== "" && after.length > before.length && after.startsWith(before);
}

export interface Split {
  heard: string;
  unsaid: string;
}

/** An answer that was cut off, as the part that was heard and the part that was not. */
export function splitHeard(content: string, heard: string): Split {
  const end = heardLength(content, heard);
  if (end < 0) return { heard, unsaid: "" };
  return { heard: content.slice(0, end), unsaid: content.slice(end) };
}

const SENTENCE_END = /[.!?。！？…](?=["”’)\]」』）]*(?:\s|$))|[。！？]|\n/gu;

/** The sentence around position `at` of `text`, as a range. */
export function sentenceAround(text: string, at: number): [number, number] {
  let start = 0;
  for (const match of text.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    if (end >= at) return [start, end];
    start = end;
  }
  return [start, text.length];
}

/** Follows the captions of one answer through its text. */
export class HeardProgress {
  /** First character of the text that has not sounded. */
  position = 0;

  /** Move behind `words`. Words that are not in the text (a greeting, say) leave the position where it is. */
  advance(text: string, words: string): boolean {
    const end = heardLength(text, words, this.skipSpace(text));
    if (end < 0) return false;
    this.position = end;
    return true;
  }

  private skipSpace(text: string): number {
    let at = this.position;
    for (const letter of text.slice(at)) {
      if (WORD.test(letter)) break;
      at += letter.length;
    }
    return at;
  }
}
