// The stand-in's tutor: answers every question with one prepared answer, word by word.
import { answers, quizzes, tutors } from "./library.mjs";

export class Speech {
  constructor(say, state) {
    this.say = say;
    this.state = state;
    this.turn = 0;
    this.timers = [];
    this.current = null;
  }

  take(message) {
    const common = { engine_session_id: message.engine_session_id };
    switch (message.type) {
      case "webrtc_offer":
        this.state.engine?.send(
          JSON.stringify({ type: "offer", sdp: message.sdp, face: this.tutorOf(message).id }),
        );
        break;
      case "ping":
        this.say({ type: "pong" });
        break;
      case "greet":
        this.speak(common, this.tutorOf(message).greeting, [], message);
        break;
      case "text_webrtc":
        this.stop("interrupted");
        this.say({
          type: "transcription",
          content: message.content,
          role: "user",
          final: true,
          source: "text",
          turn_id: this.turn + 1,
          ...common,
        });
        this.keep(message, { role: "user", content: message.content, source: "text" });
        if (this.lessonOf(message)?.mode === "quiz") {
          const { text, choices } = quizzes[this.tutorOf(message).id];
          this.speak(common, text, [], message, choices);
        } else {
          const { text, citations } = answers[this.tutorOf(message).id];
          this.speak(common, text, citations, message);
        }
        break;
      case "interrupt":
        this.stop("interrupted");
        break;
      default:
        break;
    }
  }

  lessonOf({ engine_session_id }) {
    return this.state.lessons.find((one) => one.engine_session_id === engine_session_id);
  }

  tutorOf(message) {
    return tutors.find(({ id }) => id === this.lessonOf(message)?.tutor.id) ?? tutors[0];
  }

  speak(common, text, citations, message, choices = []) {
    this.turn += 1;
    const ids = { ...common, turn_id: this.turn };
    const words = text.match(/[\u4e00-\u9fff]{1,4}[，。？！]?|\S+\s*/g) ?? [];
    const pace = this.state.pace ?? 120;
    this.current = { ids, heard: "", citations, text, message, choices };
    this.say({ type: "turn", state: "thinking", ...ids });
    const wait = this.state.thinking ?? 300;
    this.later(wait, () => {
      for (const word of words) this.say({ type: "text_delta", content: word, ...ids });
      this.say({ type: "text", content: text, role: "assistant", citations, choices, ...ids });
      this.say({ type: "turn", state: "speaking", ...ids });
      this.state.engine?.send(JSON.stringify({ type: "speaking", on: true }));
    });
    words.forEach((word, index) => {
      this.later(wait + 20 + index * pace, () => {
        this.current.heard += word;
        const cited = index / words.length < 0.35 ? [citations[0]?.n] : [citations.at(-1)?.n];
        this.say({
          type: "caption",
          content: word.trim(),
          start_ms: index * pace,
          end_ms: (index + 1) * pace,
          citations: cited.filter(Boolean),
          ...ids,
        });
      });
    });
    this.later(wait + 60 + words.length * pace, () => this.stop("idle"));
  }

  stop(state) {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
    this.state.engine?.send(JSON.stringify({ type: "speaking", on: false }));
    if (this.current === null) return;
    const { ids, heard, text, citations, message, choices } = this.current;
    this.current = null;
    this.say({ type: "turn", state, heard: heard.trim(), ...ids });
    this.say({
      type: "latency",
      stages: { retrieved: 61, answer_first: 182, speech_first: 244, played_first: 361 },
      ...ids,
    });
    this.keep(message, {
      role: "assistant",
      content: text,
      heard: heard.trim(),
      interrupted: state === "interrupted",
      citations,
      choices,
    });
  }

  keep({ engine_session_id }, turn) {
    const lesson = this.state.lessons.find((one) => one.engine_session_id === engine_session_id);
    if (!lesson) return;
    const seq = lesson.turns.length + 1;
    lesson.turns.push({
      id: `${lesson.id}-${seq}`,
      seq,
      heard: null,
      interrupted: false,
      citations: [],
      choices: [],
      source: null,
      created_at: new Date().toISOString(),
      ...turn,
    });
  }

  later(delay, act) {
    this.timers.push(setTimeout(act, delay));
  }
}
