/**
 * The conversation as the student sees it: words of both voices, what of an answer was really heard, and which
 * source is being spoken of. Fed by events and by the record; it never talks to the network.
 */
import type { Caption, Citation, TextDelta, TextOut, Transcription, Turn } from "../protocol";
import { goesOn, HeardProgress, splitHeard } from "./spoken";
import { Store } from "./store";

export interface ChatTurn {
  key: string;
  role: "student" | "tutor";
  text: string;
  /** `sending`: typed and not acknowledged. `speaking`: from the first word of the answer to its end. */
  state: "sending" | "speaking" | "done" | "interrupted";
  /** Characters of `text` that have sounded. */
  heard: number;
  citations: readonly Citation[];
  /** Numbers of the citations whose sentence sounds now. */
  lit: readonly number[];
  latency: Readonly<Record<string, number>> | null;
  /** Answers that the tutor offers to its own question. */
  choices: readonly string[];
  /** Said, not typed. */
  spoken: boolean;
}

/** A turn as the platform keeps it. */
export interface RecordedTurn {
  id: string | number;
  role: "user" | "assistant";
  content: string;
  heard: string | null;
  interrupted: boolean;
  citations: readonly Citation[];
  choices?: readonly string[];
  source?: string | null;
}

const EMPTY: Omit<ChatTurn, "key" | "role" | "text"> = {
  state: "done",
  heard: 0,
  citations: [],
  lit: [],
  latency: null,
  choices: [],
  spoken: false,
};

export function fromRecord(turn: RecordedTurn): ChatTurn {
  const cut = turn.role === "assistant" && turn.interrupted;
  return {
    ...EMPTY,
    key: `r:${turn.id}`,
    role: turn.role === "user" ? "student" : "tutor",
    text: turn.content,
    state: cut ? "interrupted" : "done",
    heard: cut ? splitHeard(turn.content, turn.heard ?? "").heard.length : turn.content.length,
    citations: turn.citations,
    choices: turn.choices ?? [],
    spoken: turn.source === "voice",
  };
}

function isRecordOf(saved: RecordedTurn, turn: ChatTurn): boolean {
  if (saved.role === "user") return turn.role === "student" && same(saved.content, turn.text);
  // An answer may have been recorded to its end while only its beginning came here.
  return turn.role === "tutor" && saved.content.startsWith(turn.text);
}

/** An answer that was cut off before any of it sounded. */
const isUnheard = ({ role, state, heard }: ChatTurn): boolean =>
  role === "tutor" && state === "interrupted" && heard === 0;

/** The answers that may be chosen now: those of the last word, until somebody says another. */
export function openChoices(turns: readonly ChatTurn[]): readonly string[] {
  return turns.at(-1)?.choices ?? [];
}

const same = (one: string, other: string): boolean => one.trim() === other.trim();

export class Chat {
  readonly turns: Store<readonly ChatTurn[]>;
  private readonly progress = new Map<string, HeardProgress>();
  private typed = 0;

  constructor(record: readonly RecordedTurn[] = []) {
    this.turns = new Store<readonly ChatTurn[]>(record.map(fromRecord));
  }

  /** Show typed words at once; returns their key. */
  typedWords(text: string): string {
    this.typed += 1;
    const key = `p:${this.typed}`;
    this.put({ ...EMPTY, key, role: "student", text, state: "sending" });
    return key;
  }

  get unacknowledged(): readonly ChatTurn[] {
    return this.turns.get().filter((turn) => turn.state === "sending");
  }

  /**
   * The record is the truth for all that it knows. Beyond it stay: typed words that have not arrived, what was
   * said while the record was read, and how far an answer that it does not know the end of had sounded.
   */
  adopt(record: readonly RecordedTurn[], knownBefore: readonly RecordedTurn[]): void {
    const known = new Set(knownBefore.map(({ id }) => id));
    const fresh = record.filter(({ id }) => !known.has(id));
    const take = (turn: ChatTurn): RecordedTurn | undefined => {
      const at = fresh.findIndex((saved) => isRecordOf(saved, turn));
      return at < 0 ? undefined : fresh.splice(at, 1)[0];
    };
    const unfinished = new Map<RecordedTurn, ChatTurn>();
    const newer: ChatTurn[] = [];
    // Acknowledged words first: the same words asked twice are two turns.
    for (const turn of this.turns.get().filter(({ key }) => /^[st]:/.test(key))) {
      const saved = take(turn);
      if (saved === undefined) {
        if (!isUnheard(turn)) newer.push(turn);
      } else if (turn.state !== "done" && saved.heard === null) unfinished.set(saved, turn);
    }
    const waiting = this.unacknowledged.filter((turn) => take(turn) === undefined);
    const told = record.map((saved) => unfinished.get(saved) ?? fromRecord(saved));
    this.turns.set([...told, ...newer, ...waiting]);
  }

  /** The engine session is gone: nothing more of its answers will sound. */
  cut(): void {
    const stopped = (turn: ChatTurn): ChatTurn =>
      turn.state === "speaking" ? { ...turn, state: "interrupted", lit: [] } : turn;
    this.turns.update((turns) => turns.map(stopped));
  }

  transcription(event: Transcription): void {
    if (!event.final) return;
    const key = `s:${turnKey(event)}`;
    const spoken = event.source !== "text";
    const done: ChatTurn = { ...EMPTY, key, role: "student", text: event.content, spoken };
    const asked = (turn: ChatTurn): boolean =>
      turn.role === "student" && same(turn.text, event.content);
    // The last turn: asked once more after a break, when the record had the question but no answer.
    const waiting = this.unacknowledged.find(asked) ?? this.turns.get().slice(-1).find(asked);
    if (event.source === "text" && waiting !== undefined) {
      this.turns.update((turns) => turns.map((turn) => (turn === waiting ? done : turn)));
    } else {
      if (spoken) this.withdrawPartOf(done);
      this.put(done);
      this.dropUnheardAfter(done);
    }
  }

  /** The student paused and went on before any of an answer had sounded: one question, in one place. */
  private withdrawPartOf(whole: ChatTurn): void {
    const turns = this.turns.get();
    const at = turns.findLastIndex(({ role }) => role === "student");
    const part = turns[at];
    if (part === undefined || part.key === whole.key || !part.spoken) return;
    const unheard = turns.slice(at + 1).every(isUnheard);
    if (unheard && goesOn(part.text, whole.text)) this.turns.set(turns.slice(0, at));
  }

  /** The words of this question were told again: answers to its first part are none. */
  private dropUnheardAfter(question: ChatTurn): void {
    const turns = this.turns.get();
    const at = turns.findIndex(({ key }) => key === question.key);
    const stays = turns.filter((turn, index) => index <= at || !isUnheard(turn));
    if (stays.length < turns.length) this.turns.set(stays);
  }

  delta(event: TextDelta): ChatTurn {
    const turn = this.answer(event);
    return this.put({ ...turn, text: turn.text + event.content });
  }

  text(event: TextOut): ChatTurn {
    return this.put({
      ...this.answer(event),
      text: event.content,
      citations: event.citations ?? [],
      choices: event.choices ?? [],
    });
  }

  /** Words sound now. Returns the turn they belong to, when it is known and they were found in it. */
  caption(event: Caption): ChatTurn | null {
    const key = `t:${turnKey(event)}`;
    const turn = this.find(key);
    if (turn === undefined) return null;
    const progress = this.progress.get(key) ?? new HeardProgress();
    this.progress.set(key, progress);
    const found = progress.advance(turn.text, event.content);
    const next = this.put({ ...turn, heard: progress.position, lit: event.citations ?? [] });
    return found ? next : null;
  }

  turn(event: Turn): void {
    if (event.state !== "idle" && event.state !== "interrupted") return;
    const key = `t:${turnKey(event)}`;
    const turn = this.find(key);
    if (turn === undefined || turn.state !== "speaking") return;
    this.progress.delete(key);
    const cut = event.state === "interrupted";
    const heard = cut ? splitHeard(turn.text, event.heard ?? "").heard.length : turn.text.length;
    this.put({ ...turn, state: cut ? "interrupted" : "done", heard, lit: [] });
  }

  latency(event: { stages: Record<string, number> } & Identified): void {
    const turn = this.find(`t:${turnKey(event)}`);
    if (turn !== undefined) this.put({ ...turn, latency: event.stages });
  }

  private answer(event: Identified): ChatTurn {
    const key = `t:${turnKey(event)}`;
    const known = this.find(key);
    if (known !== undefined) return known;
    // Another answer to the same question takes the place of one that nobody heard.
    const turns = this.turns.get();
    const stays = turns.slice(0, turns.findLastIndex((turn) => !isUnheard(turn)) + 1);
    if (stays.length < turns.length) this.turns.set(stays);
    return { ...EMPTY, key, role: "tutor", text: "", state: "speaking" };
  }

  private find(key: string): ChatTurn | undefined {
    return this.turns.get().find((turn) => turn.key === key);
  }

  private put(turn: ChatTurn): ChatTurn {
    this.turns.update((turns) =>
      turns.some((other) => other.key === turn.key)
        ? turns.map((other) => (other.key === turn.key ? turn : other))
        : [...turns, turn],
    );
    return turn;
  }
}

interface Identified {
  engine_session_id?: string | null;
  turn_id?: number | null;
}

/** Turns count from 1 in each engine session, and a lesson can go through several. */
const turnKey = (event: Identified): string =>
  `${event.engine_session_id ?? ""}:${event.turn_id ?? 0}`;
