// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { speak, startI18n } from "../../i18n";
import type { Quality as Sent } from "../../protocol";
import { LessonNotice } from "./LessonNotice";
import { QualityBars } from "./QualityBars";
import { quietLesson } from "./quiet.test-support";

const GOOD = { bars: 5, reason: "good", value: 0 } as const;
const LOSS: Sent = { type: "quality", level: "reduced", reason: "network", loss_out: 0.06 };

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  speak("en");
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function shown() {
  const lesson = quietLesson();
  render(<QualityBars lesson={lesson} />);
  const measured = (quality: Parameters<typeof lesson.probe.quality.set>[0]) =>
    act(() => lesson.probe.quality.set(quality));
  const sends = (sent: Sent) => act(() => lesson.scene.take(sent));
  const pass = (time_ms: number) => act(() => vi.advanceTimersByTimeAsync(time_ms));
  return { measured, sends, pass };
}

const bars = () => screen.getByTestId("quality");
const news = () => screen.getByTestId("quality-news").textContent;

describe("the bars", () => {
  it("are silent while all is well, and say so when asked", () => {
    const { measured } = shown();
    expect(screen.queryByTestId("quality")).toBeNull();
    measured(GOOD);
    expect(bars().textContent).toBe("");
    expect(news()).toBe("");
    fireEvent.click(bars());
    expect(bars().textContent).toBe("Good connection");
  });

  it("say once, politely, why less is sent and what goes on, and when it is over", async () => {
    const { measured, sends, pass } = shown();
    measured(GOOD);
    sends(LOSS);
    const words = "Your network loses 6\u00a0%: the picture is reduced; sound goes on";
    expect(news()).toBe(words);
    expect(bars()).toMatchObject({ textContent: words, dataset: { bars: "3", level: "reduced" } });
    await pass(10_000);
    sends({ ...LOSS, loss_out: 0.07 });
    expect(news()).toBe("");
    expect(bars().textContent).toBe("");
    sends({ type: "quality", level: "full" });
    expect(news()).toBe("Picture and sound are back to normal.");
    // Who reads the label aloud says what stands there.
    expect(bars().getAttribute("aria-label")).toContain(news());
    await pass(10_000);
    expect(news()).toBe("");
  });

  it.each([
    [{ level: "still", reason: "network", rtt_ms: 700 }, /answers after 700 ms.*stands still/],
    [{ level: "text", reason: "host" }, /server is busy.*in writing/],
    [{ level: "reduced", reason: "network" }, /too slow.*reduced/],
  ] as const)("name cause and effect: %o", (sent, words) => {
    const { sends } = shown();
    sends({ type: "quality", ...sent });
    expect(bars().getAttribute("aria-label")).toMatch(words);
  });

  it("say it in Chinese too", () => {
    speak("zh");
    const { sends } = shown();
    sends(LOSS);
    expect(news()).toBe("网络丢失了 6% 的数据，因此画面变简单，声音照常");
  });

  it("name a weak network only when it stays weak", async () => {
    const { measured, pass } = shown();
    measured({ bars: 2, reason: "jitter", value: 90 });
    await pass(4_000);
    expect(bars().textContent).toBe("");
    await pass(1_000);
    expect(bars().textContent).toBe("Your network is uneven (90 ms)");
  });
});

describe("the notice", () => {
  function noticed() {
    const lesson = quietLesson();
    const onCheck = vi.fn();
    render(<LessonNotice lesson={lesson} onTyping={vi.fn()} onCheck={onCheck} onLeave={vi.fn()} />);
    return { lesson, onCheck };
  }

  it.each(["text", "blocked"])("says that the tutor goes on in writing: %s", (why) => {
    const { lesson, onCheck } = noticed();
    expect(screen.queryByRole("alert")).toBeNull();
    act(() => {
      if (why === "blocked") lesson.blocked.set(true);
      else lesson.scene.take({ ...LOSS, level: "text" });
    });
    expect(screen.getByRole("alert").textContent).toContain("goes on in writing");
    fireEvent.click(screen.getByTestId("notice-check"));
    expect(onCheck).toHaveBeenCalledOnce();
  });

  it("says that the device is offline while it reconnects", () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    const { lesson } = noticed();
    expect(screen.queryByRole("alert")).toBeNull();
    act(() => lesson.status.set("reconnecting"));
    expect(screen.getByRole("alert").textContent).toContain("offline");
  });
});
