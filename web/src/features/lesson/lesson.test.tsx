// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import type { TextOut } from "../../protocol";
import type { ChatTurn, Lesson, TalkMode } from "../../realtime";
import { CaptionBoard } from "./CaptionBoard";
import { prefer, preferences } from "./preferences";
import { QuestionBox } from "./QuestionBox";
import { quietLesson } from "./quiet.test-support";
import { StatusBadge } from "./StatusBadge";
import { TurnView } from "./TurnView";
import { useKeys } from "./useKeys";

const CITATION = { n: 1, document: "d", title: "Clouds", page: 12, quote: "q", start: 0, end: 1 };
const ANSWER: ChatTurn = {
  key: "t",
  role: "tutor",
  text: "Clouds form. Rain falls.",
  state: "speaking",
  heard: 12,
  citations: [CITATION],
  lit: [1],
  latency: { played_first: 344.4, new_stage: 2 },
  choices: [],
  spoken: false,
};

function Page({ lesson }: { lesson: Lesson }) {
  useKeys(lesson, true);
  return <QuestionBox lesson={lesson} tutor="Ada" wish={0} />;
}

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => prefer({ captions: true, keys: true }));
afterEach(cleanup);

describe("a turn", () => {
  const show = (turn: ChatTurn, onCite = vi.fn()) => {
    render(
      <ol>
        <TurnView turn={turn} tutor="Ada" onCite={onCite} opened={null} />
      </ol>,
    );
    return onCite;
  };

  it("shows what has sounded apart from what has not", () => {
    show(ANSWER);
    expect(screen.getByTestId("heard").textContent).toBe("Clouds form.");
    expect(screen.getByTestId("turn").textContent).toContain("Rain falls.");
  });

  it("strikes what was never heard", () => {
    show({ ...ANSWER, state: "interrupted", lit: [] });
    expect(screen.getByTestId("unsaid").tagName).toBe("DEL");
    expect(screen.getByTestId("unsaid").textContent).toContain("Rain falls.");
  });

  it("lights the source that is spoken of, and opens it", () => {
    const onCite = show(ANSWER);
    const chip = screen.getByRole("button", { name: /Source.*1.*Clouds.*p\. 12/ });
    expect(chip.dataset.lit).toBe("true");
    fireEvent.click(chip);
    expect(onCite).toHaveBeenCalledExactlyOnceWith(CITATION);
  });

  it("says when nothing of an answer was heard", () => {
    show({ ...ANSWER, state: "interrupted", heard: 0, lit: [] });
    expect(screen.getByText("Stopped before anything was heard.")).toBeTruthy();
  });

  it("tells how long each stage took", () => {
    show(ANSWER);
    const { textContent } = screen.getByTestId("latency");
    expect(textContent).toContain("Voice heard344 ms");
    expect(textContent).toContain("new stage2 ms");
  });
});

describe("the lesson page", () => {
  it("says the state in words", () => {
    render(<StatusBadge lesson={quietLesson()} />);
    expect(screen.getByTestId("state").dataset.state).toBe("connecting");
    expect(screen.getByRole("status").textContent).toBe("Connecting");
  });

  it("shows captions of both voices and reads finished ones aloud", () => {
    const lesson = quietLesson();
    lesson.scene.captions.student("Why?", true);
    lesson.scene.captions.tutor("Clouds form. Rain falls.", 12);
    const { container } = render(<CaptionBoard lesson={lesson} tutor="Ada" />);
    expect(screen.getByTestId("caption-student").textContent).toContain("Why?");
    expect(screen.getByTestId("caption-tutor").textContent).toBe("AdaClouds form.");
    expect(container.querySelector("[aria-live=polite]")?.textContent).toBe("Clouds form.");
  });

  it("shows the words that will stay apart from those that may change", () => {
    const lesson = quietLesson();
    const words = { type: "transcription", content: "why do ap", final: false } as const;
    lesson.scene.take({ ...words, stable_chars: 6 });
    render(<CaptionBoard lesson={lesson} tutor="Ada" />);
    expect(screen.getByTestId("sure").textContent).toBe("why do");
    expect(screen.getByTestId("sure").nextSibling).toMatchObject({
      textContent: " ap",
      className: "words-faint",
    });
    act(() => lesson.scene.take({ ...words, content: "Why do apples fall?", final: true }));
    expect(screen.getByTestId("sure").textContent).toBe("Why do apples fall?");
  });

  it("asks what was typed and empties the box", () => {
    const lesson = quietLesson();
    const ask = vi.spyOn(lesson, "ask");
    render(<QuestionBox lesson={lesson} tutor="Ada" wish={0} />);
    const box = screen.getByLabelText("Question for Ada") as HTMLInputElement;
    fireEvent.change(box, { target: { value: "Why?" } });
    fireEvent.submit(box);
    expect(ask).toHaveBeenCalledExactlyOnceWith("Why?");
    expect(box.value).toBe("");
  });
});

describe("keys", () => {
  function shown(mode: TalkMode = "hold") {
    const lesson = quietLesson();
    lesson.microphone.state.set("ready");
    lesson.microphone.setMode(mode);
    lesson.started.set(true);
    const spies = {
      press: vi.spyOn(lesson, "press"),
      release: vi.spyOn(lesson, "release"),
      stop: vi.spyOn(lesson, "stop"),
      ponder: vi.spyOn(lesson, "ponder").mockImplementation((on) => lesson.pondering.set(on)),
      ask: vi.spyOn(lesson, "ask"),
      lesson,
    };
    return { ...spies, ...render(<Page lesson={lesson} />) };
  }

  it("talk while Space is held", () => {
    const { press, release } = shown();
    fireEvent.keyDown(document.body, { key: " " });
    fireEvent.keyDown(document.body, { key: " ", repeat: true });
    expect(press).toHaveBeenCalledOnce();
    fireEvent.keyUp(document.body, { key: " " });
    expect(release).toHaveBeenCalledOnce();
  });

  it("leave Space alone while the student talks freely", () => {
    const { press } = shown("open");
    expect(fireEvent.keyDown(document.body, { key: " " })).toBe(true);
    expect(press).not.toHaveBeenCalled();
  });

  it("give time to think with T, as long as it is held or until it is pressed again", () => {
    vi.useFakeTimers();
    const { lesson } = shown("open");
    const strike = (held_ms: number) => {
      fireEvent.keyDown(document.body, { key: "t" });
      expect(lesson.pondering.get() || held_ms === 0).toBe(true);
      vi.advanceTimersByTime(held_ms);
      fireEvent.keyUp(document.body, { key: "t" });
      return lesson.pondering.get();
    };
    expect([strike(900), strike(100), strike(0)]).toEqual([false, true, false]);
    fireEvent.keyDown(document.body, { key: "t" });
    fireEvent.blur(window);
    expect(lesson.pondering.get()).toBe(false);
    fireEvent.keyDown(screen.getByTestId("question"), { key: "t" });
    expect(lesson.pondering.get()).toBe(false);
    vi.useRealTimers();
  });

  it("choose an offered answer by its number, but not while somebody types", () => {
    const { lesson, ask } = shown();
    const key = (name: string, at: Element = document.body) => fireEvent.keyDown(at, { key: name });
    key("1");
    const offer: TextOut = { type: "text", content: "Which?", choices: ["Mars", "Venus"] };
    lesson.scene.take({ ...offer, engine_session_id: "e", turn_id: 1 });
    key("2", screen.getByTestId("question"));
    key("0");
    key("3");
    expect(ask).not.toHaveBeenCalled();
    key("2");
    expect(ask).toHaveBeenCalledExactlyOnceWith("Venus");
    key("1");
    expect(ask).toHaveBeenCalledOnce();
  });

  it("stop with Escape, also while typing", () => {
    const { stop } = shown();
    fireEvent.keyDown(screen.getByTestId("question"), { key: "Escape" });
    expect(stop).toHaveBeenCalledOnce();
  });

  it("hide captions with C, but never while somebody types", () => {
    shown();
    fireEvent.keyDown(screen.getByTestId("question"), { key: "c" });
    expect(preferences.get().captions).toBe(true);
    fireEvent.keyDown(document.body, { key: "c", ctrlKey: true });
    expect(preferences.get().captions).toBe(true);
    fireEvent.keyDown(document.body, { key: "c" });
    expect(preferences.get().captions).toBe(false);
  });

  it("can be switched off", () => {
    prefer({ keys: false });
    const { press } = shown();
    fireEvent.keyDown(document.body, { key: " " });
    expect(press).not.toHaveBeenCalled();
  });

  it("let go when the page loses the keyboard", () => {
    const { press, release, unmount } = shown();
    fireEvent.keyDown(document.body, { key: " " });
    fireEvent.blur(window);
    expect(release).toHaveBeenCalledOnce();
    fireEvent.keyUp(document.body, { key: " " });
    expect(release).toHaveBeenCalledOnce();
    unmount();
    fireEvent.keyDown(document.body, { key: " " });
    expect(press).toHaveBeenCalledOnce();
  });
});
