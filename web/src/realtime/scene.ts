/** What an event changes on the page: chat, captions, whose turn it is, and the notice. No network, no media. */
import type { Quality as Delivery, Hello, ServerEvent, Turn } from "../protocol";
import { Captions } from "./captions";
import { Chat, type RecordedTurn } from "./chat";
import type { Phase } from "./status";
import { Store } from "./store";

export interface Notice {
  code: string;
  /** The engine's own sentence, for codes that the page has no words for. */
  content: string;
}

export class Scene {
  readonly chat: Chat;
  readonly captions = new Captions();
  readonly notice = new Store<Notice | null>(null);
  /** Languages that the engine understands when they are spoken; null until it has said so. */
  readonly hears = new Store<readonly string[] | null>(null);
  /** How the engine sends now, and what it knows of the way; null until it has said so. */
  readonly delivery = new Store<Delivery | null>(null);
  phase: Phase = "idle";

  constructor(record: readonly RecordedTurn[]) {
    this.chat = new Chat(record);
  }

  /** The student typed `words`. */
  typed(words: string): void {
    this.notice.set(null);
    this.chat.typedWords(words);
    this.captions.student(words, true);
  }

  /** What was told is over. */
  forget(code: string): void {
    if (this.notice.get()?.code === code) this.notice.set(null);
  }

  /** The engine session is gone, and with it whatever was being said. */
  cut(): void {
    this.phase = "idle";
    this.delivery.set(null);
    this.captions.cut();
    this.chat.cut();
  }

  take(event: ServerEvent): void {
    switch (event.type) {
      case "hello":
        this.hears.set(languagesHeard(event));
        break;
      case "transcription":
        if (event.final) this.notice.set(null);
        this.captions.student(event.content, event.final, event.stable_chars ?? 0);
        this.chat.transcription(event);
        break;
      case "text_delta":
        this.chat.delta(event);
        break;
      case "text":
        this.chat.text(event);
        break;
      case "caption": {
        // After a break the page may have missed that the tutor began.
        this.phase = "speaking";
        const turn = this.chat.caption(event);
        if (turn !== null) this.captions.tutor(turn.text, turn.heard);
        else this.captions.tutorWords(event.content);
        break;
      }
      case "turn":
        this.turned(event);
        break;
      case "latency":
        this.chat.latency(event);
        break;
      case "quality":
        this.delivery.set(event);
        break;
      case "error":
        this.notice.set({ code: event.code, content: event.content });
        break;
      default:
        break;
    }
  }

  private turned(event: Turn): void {
    this.chat.turn(event);
    if (event.state === "thinking") this.captions.clearTutor();
    if (event.state === "interrupted") this.captions.cut();
    this.phase = event.state === "interrupted" ? "idle" : event.state;
  }
}

function languagesHeard({ capabilities }: Hello): readonly string[] | null {
  const hears: unknown = capabilities?.hears;
  if (!Array.isArray(hears)) return null;
  return hears.filter((language): language is string => typeof language === "string");
}
