import { describe, expect, it } from "vitest";
import { Chat, openChoices, type RecordedTurn } from "./chat";

const CITATION = { n: 1, document: "d", title: "Clouds", page: 1, quote: "q", start: 0, end: 1 };
const ids = { engine_session_id: "e1", turn_id: 1 };

function recorded(
  id: number,
  role: "user" | "assistant",
  content: string,
  more: Partial<RecordedTurn> = {},
): RecordedTurn {
  return { id, role, content, heard: null, interrupted: false, citations: [], ...more };
}

function answering(chat: Chat, text: string): void {
  chat.delta({ type: "text_delta", content: text, ...ids });
  chat.text({ type: "text", content: text, citations: [CITATION], ...ids });
}

describe("Chat", () => {
  it("shows typed words at once and takes their echo for them", () => {
    const chat = new Chat();
    chat.typedWords("Why?");
    expect(chat.turns.get()).toMatchObject([{ role: "student", text: "Why?", state: "sending" }]);
    chat.transcription({
      type: "transcription",
      content: "Why?",
      final: true,
      source: "text",
      ...ids,
    });
    expect(chat.turns.get()).toMatchObject([{ text: "Why?", state: "done" }]);
    expect(chat.unacknowledged).toEqual([]);
  });

  it("shows spoken words only when they are final", () => {
    const chat = new Chat();
    chat.transcription({ type: "transcription", content: "wh", final: false, ...ids });
    expect(chat.turns.get()).toEqual([]);
    chat.transcription({ type: "transcription", content: "Why?", final: true, ...ids });
    expect(chat.turns.get()).toHaveLength(1);
  });

  it("grows an answer, follows its captions and lights the source of what sounds", () => {
    const chat = new Chat();
    answering(chat, "Clouds form. Rain falls.");
    const turn = chat.caption({
      type: "caption",
      content: "Clouds form.",
      start_ms: 0,
      end_ms: 9,
      citations: [1],
      ...ids,
    });
    expect(turn).toMatchObject({ heard: 12, lit: [1], state: "speaking", citations: [CITATION] });
    chat.turn({ type: "turn", state: "idle", heard: "Clouds form. Rain falls.", ...ids });
    expect(chat.turns.get()).toMatchObject([{ state: "done", heard: 24, lit: [] }]);
  });

  it("keeps what was heard of an interrupted answer", () => {
    const chat = new Chat();
    answering(chat, "Clouds form. Rain falls.");
    chat.turn({ type: "turn", state: "interrupted", heard: "Clouds form.", ...ids });
    expect(chat.turns.get()).toMatchObject([{ state: "interrupted", heard: 12 }]);
  });

  it("does not end an answer twice, nor one it does not know", () => {
    const chat = new Chat();
    answering(chat, "Clouds form.");
    chat.turn({ type: "turn", state: "idle", heard: "Clouds form.", ...ids });
    chat.turn({ type: "turn", state: "interrupted", heard: "", ...ids });
    chat.turn({ type: "turn", state: "idle", engine_session_id: "e1", turn_id: 9 });
    expect(chat.turns.get()).toMatchObject([{ state: "done" }]);
  });

  it("tells turns of two engine sessions apart", () => {
    const chat = new Chat();
    answering(chat, "First.");
    chat.delta({ type: "text_delta", content: "Second.", engine_session_id: "e2", turn_id: 1 });
    expect(chat.turns.get().map(({ text }) => text)).toEqual(["First.", "Second."]);
  });

  it("gives captions of an unknown turn back", () => {
    expect(
      new Chat().caption({ type: "caption", content: "Hi", start_ms: 0, end_ms: 1, ...ids }),
    ).toBeNull();
  });

  it("keeps the latencies of a turn", () => {
    const chat = new Chat();
    answering(chat, "Yes.");
    chat.latency({ stages: { first_sound: 300 }, ...ids });
    expect(chat.turns.get()[0]?.latency).toEqual({ first_sound: 300 });
  });

  it("reads the record, with the unsaid part of a cut answer", () => {
    const chat = new Chat([
      recorded(1, "user", "Why?"),
      recorded(2, "assistant", "Clouds form. Rain falls.", {
        heard: "Clouds form.",
        interrupted: true,
      }),
      recorded(3, "assistant", "Shown, not spoken.", { heard: "Shown" }),
    ]);
    expect(chat.turns.get()).toMatchObject([
      { role: "student", state: "done" },
      { role: "tutor", state: "interrupted", heard: 12 },
      { role: "tutor", state: "done", heard: 18 },
    ]);
  });
});

describe("adopting the record after a break", () => {
  it("drops typed words that had arrived, and keeps the others", () => {
    const chat = new Chat();
    chat.typedWords("Arrived");
    chat.typedWords("Lost");
    chat.adopt([recorded(1, "user", "Arrived")], []);
    expect(chat.unacknowledged.map(({ text }) => text)).toEqual(["Lost"]);
    expect(chat.turns.get().map(({ text }) => text)).toEqual(["Arrived", "Lost"]);
  });

  it("does not take an older turn with the same words for the waiting one", () => {
    const chat = new Chat([recorded(1, "user", "Yes")]);
    chat.typedWords("Yes");
    chat.adopt([recorded(1, "user", "Yes")], [recorded(1, "user", "Yes")]);
    expect(chat.unacknowledged).toHaveLength(1);
  });

  it("does not take an acknowledged turn of this connection for it either", () => {
    const chat = new Chat();
    chat.typedWords("Yes");
    chat.transcription({
      type: "transcription",
      content: "Yes",
      final: true,
      source: "text",
      ...ids,
    });
    chat.typedWords("Yes");
    chat.adopt([recorded(1, "user", "Yes")], []);
    expect(chat.unacknowledged).toHaveLength(1);
  });

  const answer = (content: string) => ({ type: "text" as const, content, ...ids });

  it("keeps what was said while the record was read", () => {
    const chat = new Chat();
    chat.typedWords("Why?");
    chat.text(answer("Because."));
    chat.adopt([recorded(1, "user", "Why?")], []);
    expect(chat.turns.get().map(({ text }) => text)).toEqual(["Why?", "Because."]);
  });

  it("keeps how far an answer had sounded when its session was lost", () => {
    const chat = new Chat();
    chat.text(answer("One two three."));
    chat.caption({ type: "caption", content: "One", start_ms: 0, end_ms: 1, ...ids });
    chat.cut();
    chat.adopt([recorded(1, "assistant", "One two three.")], []);
    expect(chat.turns.get()).toMatchObject([{ state: "interrupted", heard: 3 }]);
  });

  it("takes the end of an answer from the record once that knows it", () => {
    const chat = new Chat();
    chat.delta({ type: "text_delta", content: "One two", ...ids });
    const whole = "One two three.";
    chat.adopt([{ ...recorded(1, "assistant", whole), heard: whole }], []);
    expect(chat.turns.get()).toMatchObject([{ text: whole, state: "done" }]);
  });

  it("knows a recorded question again when it is asked once more", () => {
    const chat = new Chat([recorded(1, "user", "Why?")]);
    const again = { type: "transcription" as const, content: "Why?", final: true, ...ids };
    chat.transcription({ ...again, source: "text" });
    expect(chat.turns.get()).toHaveLength(1);
    chat.transcription({ ...again, turn_id: 9, source: "voice" });
    expect(chat.turns.get()).toHaveLength(2);
  });
});

describe("a question that went on", () => {
  const said = (content: string, turn_id: number, source: "voice" | "text" = "voice") =>
    ({ type: "transcription", content, final: true, source, ...ids, turn_id }) as const;
  const texts = (chat: Chat) => chat.turns.get().map(({ text }) => text);
  const interrupted = (chat: Chat, heard = "") =>
    chat.turn({ type: "turn", state: "interrupted", heard, ...ids });

  it("is one question, without the answer that nobody heard", () => {
    const chat = new Chat();
    chat.transcription(said("Why do planets", 1));
    answering(chat, "Planets are round.");
    interrupted(chat);
    expect(texts(chat)).toEqual(["Why do planets", "Planets are round."]);
    chat.transcription(said("why do planets, go round?", 2));
    expect(texts(chat)).toEqual(["why do planets, go round?"]);
    chat.transcription(said("why do planets, go round?", 2));
    expect(texts(chat)).toHaveLength(1);
  });

  it("is told again under its own number", () => {
    const chat = new Chat();
    chat.transcription(said("Why do planets", 1));
    answering(chat, "Planets are round.");
    interrupted(chat);
    chat.transcription(said("Why do planets go round?", 1));
    expect(texts(chat)).toEqual(["Why do planets go round?"]);
    chat.delta({ type: "text_delta", content: "Gravity.", ...ids, turn_id: 2 });
    expect(texts(chat)).toEqual(["Why do planets go round?", "Gravity."]);
  });

  it("keeps what was heard of an answer to its first part", () => {
    const chat = new Chat();
    chat.transcription(said("Why do planets", 1));
    answering(chat, "Planets are round.");
    interrupted(chat, "Planets");
    chat.transcription(said("Why do planets go round?", 1));
    expect(texts(chat)).toEqual(["Why do planets go round?", "Planets are round."]);
  });

  it("is answered once when it was asked again without more words", () => {
    const chat = new Chat();
    chat.transcription(said("Why?", 1));
    answering(chat, "First try.");
    interrupted(chat);
    chat.delta({ type: "text_delta", content: "Second try.", ...ids, turn_id: 2 });
    expect(texts(chat)).toEqual(["Why?", "Second try."]);
  });

  it("is one question when no answer had begun, in any language and after a reload", () => {
    const chat = new Chat([recorded(1, "user", "地球为什么", { source: "voice" })]);
    chat.transcription(said("地球为什么绕着太阳转？", 2));
    expect(texts(chat)).toEqual(["地球为什么绕着太阳转？"]);
  });

  it("stays two when some of the answer was heard", () => {
    const chat = new Chat();
    chat.transcription(said("Why do planets", 1));
    answering(chat, "Planets are round.");
    interrupted(chat, "Planets");
    chat.transcription(said("Why do planets go round?", 2));
    expect(texts(chat)).toHaveLength(3);
  });

  it.each([
    ["other words", said("Why do planets", 1), said("What is Mars?", 2)],
    ["the same words again", said("Why?", 1), said("Why?", 2)],
    ["typed words", said("Why", 1, "text"), said("Why not?", 2)],
    ["words before typed ones", said("Why", 1), said("Why not?", 2, "text")],
  ])("is not made of %s", (_, first, second) => {
    const chat = new Chat();
    chat.transcription(first);
    chat.transcription(second);
    expect(chat.turns.get()).toHaveLength(2);
  });

  it("is not a new turn of the record when both have become one there", () => {
    const part = recorded(1, "user", "Why do planets", { source: "voice" });
    const whole = recorded(2, "user", "Why do planets go round?", { source: "voice" });
    const chat = new Chat([part]);
    chat.transcription(said(whole.content, 2));
    chat.adopt([whole], [part]);
    expect(texts(chat)).toEqual([whole.content]);
  });
});

describe("offered answers", () => {
  const CHOICES = ["Mars", "the Sun"];

  it("are open until somebody says the next word", () => {
    const chat = new Chat();
    expect(openChoices(chat.turns.get())).toEqual([]);
    chat.text({ type: "text", content: "Which?", choices: CHOICES, ...ids });
    expect(openChoices(chat.turns.get())).toEqual(CHOICES);
    chat.typedWords("Mars");
    expect(openChoices(chat.turns.get())).toEqual([]);
    expect(chat.turns.get()[0]?.choices).toEqual(CHOICES);
  });

  it("come back from the record", () => {
    const chat = new Chat([recorded(1, "assistant", "Which?", { choices: CHOICES })]);
    expect(openChoices(chat.turns.get())).toEqual(CHOICES);
  });
});
