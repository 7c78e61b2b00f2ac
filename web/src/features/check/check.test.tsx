// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import { finding, type Tools } from "../../realtime/doctor";
import { CODES } from "../../realtime/doctor/findings";
import { QuietSounds } from "../../realtime/doctor/sounds.test-support";
import { FakePeer, FakeSocket } from "../../realtime/fakes.test-support";
import { CheckView } from "./CheckView";
import { adviceText, reportText, seenText } from "./report";

const FACTS = { webrtc: true, secure: false, video: ["video/VP8"], audio: ["audio/opus"] };
const copied = vi.fn<(text: string) => Promise<void>>();

/** A browser on an address without https, whose way to the port is closed. */
function tools(): Tools {
  return {
    facts: FACTS,
    sounds: new QuietSounds([]),
    askMicrophone: () => Promise.reject(new Error("not secure")),
    makePeer: (config) => new FakePeer(config, "check") as unknown as RTCPeerConnection,
    openSocket: () => {
      const socket = new FakeSocket("ws://tutor.test");
      socket.send = () => queueMicrotask(() => socket.say({ type: "pong" }));
      queueMicrotask(() => socket.open());
      return socket;
    },
    reach: () =>
      Promise.resolve({
        iceServers: [],
        iceTransportPolicy: "all",
        publicIp: "203.0.113.10",
        port: 10110,
        pageHost: "tutor.test",
      }),
    openLoop: () => Promise.resolve(finding("loop_busy")),
  };
}

const pass = (time_ms: number) => act(() => vi.advanceTimersByTimeAsync(time_ms));
const row = (name: string) =>
  screen.getAllByTestId("step").find(({ dataset }) => dataset.step === name) as HTMLElement;

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

beforeEach(() => {
  vi.useFakeTimers();
  Object.defineProperty(navigator, "clipboard", {
    value: { writeText: copied },
    configurable: true,
  });
  copied.mockReset().mockResolvedValue();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function checked() {
  render(<CheckView tools={tools} />);
  fireEvent.click(screen.getByTestId("check-start"));
  await pass(10);
  expect(row("speaker").dataset.mark).toBe("asking");
  fireEvent.click(screen.getByTestId("heard-yes"));
  await pass(4_000);
}

describe("the check", () => {
  it("asks, measures, and says what to do", async () => {
    await checked();
    expect(screen.getByTestId("verdict").dataset.verdict).toBe("writing");
    expect(row("speaker").dataset.mark).toBe("ok");
    expect(row("socket").dataset.mark).toBe("ok");
    expect(row("udp").dataset.mark).toBe("error");
    const udp = within(row("udp"));
    expect(udp.getByText(/No answer over UDP from 203.0.113.10, port 10110/)).toBeTruthy();
    expect(udp.getByText(/let UDP port 10110 to 203.0.113.10 through/)).toBeTruthy();
    expect(screen.getByTestId("way-socket").dataset.mark).toBe("ok");
    expect(screen.getByTestId("way-media").dataset.mark).toBe("error");
  });

  it("is copied as text for whoever helps", async () => {
    await checked();
    fireEvent.click(screen.getByTestId("check-copy"));
    await pass(0);
    const [[text = ""] = []] = copied.mock.calls;
    expect(text).toContain("[error udp_blocked]");
    expect(text).toContain("[ok speaker_ok]");
    expect(text).toContain(navigator.userAgent);
    expect(screen.getByTestId("check-copy").textContent).toBe("Copied");
  });

  it("shows the text where the browser does not copy", async () => {
    copied.mockRejectedValue(new Error("not secure"));
    await checked();
    fireEvent.click(screen.getByTestId("check-copy"));
    await pass(0);
    expect((screen.getByRole("textbox") as HTMLTextAreaElement).value).toContain("udp_blocked");
  });

  it("can be done again", async () => {
    await checked();
    fireEvent.click(screen.getByTestId("check-again"));
    await pass(0);
    expect(screen.getByTestId("verdict").dataset.verdict).toBeUndefined();
    expect(row("udp").dataset.mark).not.toBe("error");
  });
});

describe("the words", () => {
  it("have no open holes and no empty sentences, in both languages", async () => {
    const values = { host: "h", port: 1, ms: 2, url: "u", code: 3, codecs: "c", device: "d" };
    const figures = { loss: 1, delay: 2, jitter: 3, bitrate: 4, fps: 5 };
    for (const language of ["en", "zh"]) {
      const t = i18next.getFixedT(language);
      for (const code of CODES) {
        const found = { ...finding(code), values: { ...values, ...figures } };
        const advice = adviceText(t, found);
        for (const text of [seenText(t, found), advice?.means ?? "-", advice?.next ?? "-"]) {
          expect(text, code).not.toMatch(/{{|}}|^check\.|^$/);
        }
      }
    }
  });

  it("of a report name the step, the finding and the advice", () => {
    const found = [finding("turn_full", { url: "turn:t.test" })];
    const about = { page: "https://tutor.test/", browser: "B", at: new Date(0) };
    expect(reportText(i18next.getFixedT("en"), found, "writing", about).split("\n")).toEqual([
      "Virtual Tutor · Connection check · 1970-01-01T00:00:00.000Z",
      "Sound and picture do not get through. Your lesson works in writing.",
      "",
      "[warning turn_full] Sound and picture, detour: turn:t.test has no free port (508).",
      "    Networks that block the direct way cannot take this detour.",
      "    What to do: Wait two minutes and check again. Tell IT: the TURN server needs more relay ports.",
      "",
      "Page: https://tutor.test/",
      "Browser: B",
      "",
    ]);
  });
});
