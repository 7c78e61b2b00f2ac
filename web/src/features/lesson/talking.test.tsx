// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Tutor } from "../../api";
import { startI18n } from "../../i18n";
import type { TextOut } from "../../protocol";
import type { TalkMode } from "../../realtime";
import { ChatPanel } from "./ChatPanel";
import { Controls } from "./Controls";
import { HoldOrToggle } from "./holdOrToggle";
import { chooseTalk, chosenTalk } from "./preferences";
import { quietLesson } from "./quiet.test-support";
import { useLettingGo } from "./useLettingGo";

const ADA: Tutor = {
  id: "1",
  name: "Ada",
  language: "en",
  subject: "Space",
  summary: "",
  greeting: "",
  poster_url: "",
  avatar_id: "ada",
  voice: "",
  pace: 1,
  mode: "quiz",
  push_to_talk: false,
  face_label: "",
  documents: [],
};

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  HTMLElement.prototype.setPointerCapture = vi.fn();
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function shown(mode: TalkMode) {
  const lesson = quietLesson();
  lesson.microphone.state.set("ready");
  lesson.microphone.setMode(mode);
  const spies = {
    press: vi.spyOn(lesson, "press").mockImplementation(() => lesson.microphone.pressed.set(true)),
    release: vi
      .spyOn(lesson, "release")
      .mockImplementation(() => lesson.microphone.pressed.set(false)),
    ponder: vi.spyOn(lesson, "ponder").mockImplementation((on) => lesson.pondering.set(on)),
    letGo: vi.spyOn(lesson, "letGo"),
  };
  function Page() {
    useLettingGo(lesson);
    return <Controls lesson={lesson} tutor={ADA} personId="p1" typing={0} onTyping={vi.fn()} />;
  }
  render(<Page />);
  return { lesson, ...spies };
}

describe("the choice how to talk", () => {
  it("is kept for each person on this device", () => {
    const { lesson } = shown("open");
    expect(screen.getByRole("group", { name: "How you speak" })).toBeTruthy();
    expect((screen.getByLabelText("Just talk") as HTMLInputElement).checked).toBe(true);
    expect(screen.queryByTestId("talk")).toBeNull();
    fireEvent.click(screen.getByLabelText("Hold to talk"));
    expect(lesson.microphone.mode.get()).toBe("hold");
    expect(screen.getByTestId("talk")).toBeTruthy();
    expect(screen.queryByTestId("think")).toBeNull();
    expect([chosenTalk("p1"), chosenTalk("p2")]).toEqual(["hold", null]);
  });

  it("takes nothing else for a choice", () => {
    chooseTalk("p1", "open");
    expect(chosenTalk("p1")).toBe("open");
    localStorage.setItem("tutor.lesson.talk.p1", "shout");
    expect(chosenTalk("p1")).toBeNull();
  });

  it("is not there before there is a microphone", () => {
    const { lesson } = shown("open");
    act(() => lesson.microphone.state.set("refused"));
    expect(screen.queryByLabelText("Just talk")).toBeNull();
    expect(screen.getByTestId("allow-microphone")).toBeTruthy();
  });
});

describe("the button to talk", () => {
  it("is held with a pointer, and says so", () => {
    const { press, release } = shown("hold");
    const button = screen.getByTestId("talk");
    fireEvent.pointerDown(button, { button: 2 });
    expect(press).not.toHaveBeenCalled();
    fireEvent.pointerDown(button, { button: 0 });
    expect(press).toHaveBeenCalledOnce();
    expect(button.getAttribute("aria-pressed")).toBe("true");
    expect(button.textContent).toContain("Let go to send");
    fireEvent.pointerUp(button);
    expect(release).toHaveBeenCalledOnce();
    // The click that follows a pointer is none of a screen reader.
    fireEvent.click(button, { detail: 1 });
    expect(press).toHaveBeenCalledOnce();
  });

  it("is held with a key, and pressed twice by a screen reader", () => {
    const { press, release } = shown("hold");
    const button = screen.getByTestId("talk");
    fireEvent.keyDown(button, { key: "Enter" });
    fireEvent.keyDown(button, { key: "Enter", repeat: true });
    expect(press).toHaveBeenCalledOnce();
    fireEvent.keyUp(button, { key: "Enter" });
    expect(release).toHaveBeenCalledOnce();
    fireEvent.click(button, { detail: 0 });
    expect(press).toHaveBeenCalledTimes(2);
    fireEvent.click(button, { detail: 0 });
    expect(release).toHaveBeenCalledTimes(2);
  });

  it.each([
    ["pointercancel", () => fireEvent.pointerCancel(screen.getByTestId("talk"))],
    ["blur of the button", () => fireEvent.blur(screen.getByTestId("talk"))],
    ["blur of the window", () => fireEvent.blur(window)],
    [
      "a hidden page",
      () => {
        vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
        fireEvent(document, new Event("visibilitychange"));
      },
    ],
  ])("lets go: %s", (_, happen) => {
    const { release } = shown("hold");
    fireEvent.pointerDown(screen.getByTestId("talk"), { button: 0 });
    happen();
    expect(release).toHaveBeenCalledOnce();
  });

  it("lets go of every key when the page is left", () => {
    const { letGo } = shown("hold");
    fireEvent(window, new Event("pagehide"));
    expect(letGo).toHaveBeenCalledOnce();
  });
});

describe("the button to think", () => {
  it("stays on after a short press, ends with the next, and with the end of a long one", () => {
    vi.useFakeTimers();
    const { lesson } = shown("open");
    const button = screen.getByTestId("think");
    const press = (held_ms: number) => {
      fireEvent.pointerDown(button, { button: 0 });
      vi.advanceTimersByTime(held_ms);
      fireEvent.pointerUp(button);
      return lesson.pondering.get();
    };
    expect([press(50), press(50), press(800)]).toEqual([true, false, false]);
    fireEvent.keyDown(button, { key: " " });
    fireEvent.keyUp(button, { key: " " });
    expect(button.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(button, { detail: 0 });
    expect(button.getAttribute("aria-pressed")).toBe("false");
    fireEvent.pointerDown(button, { button: 0 });
    fireEvent.pointerCancel(button);
    expect(lesson.pondering.get()).toBe(false);
  });

  it("is off for good when its holder is lost, unless it was left on", () => {
    let on = false;
    const key = new HoldOrToggle(
      () => on,
      (wanted) => {
        on = wanted;
      },
      () => 0,
    );
    key.press();
    key.lose();
    expect(on).toBe(false);
    key.press();
    key.lift();
    key.lose();
    expect(on).toBe(true);
  });
});

describe("offered answers", () => {
  const OFFER: TextOut = {
    type: "text",
    content: "Which one is a star?",
    choices: ["Mars", "the Sun"],
    engine_session_id: "e",
    turn_id: 1,
  };

  function chat() {
    const lesson = quietLesson();
    lesson.started.set(true);
    const ask = vi.spyOn(lesson, "ask");
    render(<ChatPanel lesson={lesson} tutor={ADA} onCite={vi.fn()} opened={null} hidden={false} />);
    act(() => lesson.scene.take(OFFER));
    return { lesson, ask };
  }

  it("are numbered buttons; one is sent as if it were typed, then all are inert", () => {
    const { ask } = chat();
    const [mars, sun] = screen.getAllByTestId("choice") as [HTMLElement, HTMLElement];
    expect(screen.getByRole("list", { name: "Answers to choose from" })).toBeTruthy();
    expect(sun.textContent).toBe("2the Sun");
    expect(sun.getAttribute("aria-keyshortcuts")).toBe("2");
    sun.focus();
    fireEvent.click(sun);
    expect(ask).toHaveBeenCalledExactlyOnceWith("the Sun");
    expect(sun.getAttribute("aria-pressed")).toBe("true");
    for (const button of [mars, sun]) {
      expect(button.getAttribute("aria-disabled")).toBe("true");
      fireEvent.click(button);
    }
    expect(ask).toHaveBeenCalledOnce();
    // Who chose by keyboard is still there.
    expect(document.activeElement).toBe(sun);
  });

  it("are inert as soon as the next turn begins, whoever began it", () => {
    const { lesson, ask } = chat();
    const said = { type: "transcription", content: "the sun", final: true } as const;
    act(() => lesson.scene.take({ ...said, engine_session_id: "e", turn_id: 2 }));
    fireEvent.click(screen.getAllByTestId("choice")[0] as HTMLElement);
    expect(ask).not.toHaveBeenCalled();
  });
});
