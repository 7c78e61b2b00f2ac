// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import type { ChatTurn, Lesson } from "../../realtime";
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
  function shown() {
    const lesson = quietLesson();
    lesson.microphone.state.set("ready");
    lesson.started.set(true);
    const spies = {
      press: vi.spyOn(lesson, "press"),
      release: vi.spyOn(lesson, "release"),
      stop: vi.spyOn(lesson, "stop"),
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
