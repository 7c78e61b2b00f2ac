/** The captions of both voices: what the student has said so far, and the tutor's sentence as it sounds. */
import { sentenceAround } from "./spoken";
import { Store } from "./store";

export interface StudentCaption {
  text: string;
  final: boolean;
  /** The first part of `text`, which will probably stay. */
  sure: string;
}

export interface TutorCaption {
  /** Words that have sounded. */
  heard: string;
  /** The rest of the sentence. */
  coming: string;
}

export interface CaptionState {
  student: StudentCaption | null;
  tutor: TutorCaption | null;
}

/** About three lines; a Chinese character is twice as wide as a letter. */
const MOST_WIDTH = 220;
const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

export const NO_CAPTIONS: CaptionState = { student: null, tutor: null };

export class Captions {
  readonly state = new Store<CaptionState>(NO_CAPTIONS);

  /** No words take back those that were shown. Of partial words, so many `sureLetters` (whole characters, as the engine counts) will probably stay. */
  student(text: string, final: boolean, sureLetters = 0): void {
    const sure = final ? text : Array.from(text).slice(0, sureLetters).join("");
    // Whoever begins to speak has the floor: the other's old words go.
    this.state.update(({ tutor }) => ({
      student: text === "" ? null : { text, final, sure },
      tutor: final || text === "" ? tutor : null,
    }));
  }

  /** `text` is the answer so far and `position` the first character that has not sounded. */
  tutor(text: string, position: number): void {
    const [start, end] = sentenceAround(text, position);
    this.state.update(({ student }) => ({
      student,
      tutor: fitted(text.slice(start, position).trimStart(), text.slice(position, end)),
    }));
  }

  /** Words that are not part of the shown text. */
  tutorWords(words: string): void {
    this.state.update(({ student, tutor }) => ({
      student,
      tutor: fitted(joined(tutor?.heard ?? "", words), ""),
    }));
  }

  /** The tutor was cut off: what never sounded is not shown. */
  cut(): void {
    this.state.update(({ student, tutor }) => ({
      student,
      tutor: tutor === null ? null : { heard: tutor.heard, coming: "" },
    }));
  }

  /** A new answer begins. */
  clearTutor(): void {
    this.state.update((state) => (state.tutor === null ? state : { ...state, tutor: null }));
  }
}

function joined(before: string, words: string): string {
  if (before === "" || WIDE.test(before.slice(-1))) return before + words;
  return `${before} ${words}`;
}

const width = (letter: string): number => (WIDE.test(letter) ? 2 : 1);

/** Shorten a long sentence around the words that sound. */
function fitted(heard: string, coming: string): TutorCaption {
  const total = [...heard, ...coming].reduce((sum, letter) => sum + width(letter), 0);
  if (total <= MOST_WIDTH) return { heard, coming };
  return { heard: tail(heard, MOST_WIDTH * 0.6), coming: head(coming, MOST_WIDTH * 0.4) };
}

function tail(text: string, most: number): string {
  const kept = head([...text].reverse().join(""), most);
  const cut = [...kept].reverse().join("");
  if (cut.length === text.length) return text;
  const space = cut.indexOf(" ");
  return `… ${space >= 0 && space < 20 ? cut.slice(space + 1) : cut}`;
}

function head(text: string, most: number): string {
  let used = 0;
  let kept = "";
  for (const letter of text) {
    used += width(letter);
    if (used > most) return kept;
    kept += letter;
  }
  return kept;
}
