import { afterEach, describe, expect, it, vi } from "vitest";
import { browserFacts, checkBrowser, checkSecure } from "./facts";

const GOOD = { webrtc: true, secure: true, video: ["video/VP8"], audio: ["audio/opus"] };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the browser", () => {
  it.each([
    [{}, "browser_ok", { codecs: "VP8" }],
    [{ video: ["video/AV1", "video/H264", "video/VP8"] }, "browser_ok", { codecs: "H264, VP8" }],
    [{ video: ["video/AV1"] }, "browser_codecs", {}],
    [{ audio: ["audio/PCMU"] }, "browser_codecs", {}],
    [{ webrtc: false }, "browser_old", {}],
  ] as const)("%o is %s", (change, code, values) => {
    expect(checkBrowser({ ...GOOD, ...change })).toMatchObject({ code, values });
  });

  it("needs a safe address for the microphone", () => {
    expect(checkSecure(GOOD).code).toBe("secure_ok");
    expect(checkSecure({ ...GOOD, secure: false }).code).toBe("secure_not");
  });

  it("is asked what it can do", () => {
    const getCapabilities = (kind: string) => ({ codecs: [{ mimeType: `${kind}/one` }] });
    vi.stubGlobal("RTCPeerConnection", class {});
    vi.stubGlobal("RTCRtpReceiver", { getCapabilities });
    vi.stubGlobal("isSecureContext", true);
    expect(browserFacts()).toEqual({
      webrtc: true,
      secure: true,
      video: ["video/one"],
      audio: ["audio/one"],
    });
  });

  it("without WebRTC is asked nothing", () => {
    vi.stubGlobal("RTCPeerConnection", undefined);
    expect(browserFacts()).toMatchObject({ webrtc: false, video: [] });
  });
});
