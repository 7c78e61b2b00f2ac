/** What this browser is, before anything is sent: WebRTC, codecs, a secure address. */
import { type Finding, finding } from "./findings";

export interface BrowserFacts {
  webrtc: boolean;
  secure: boolean;
  /** MIME types that the browser can receive, as `RTCRtpReceiver.getCapabilities` names them. */
  video: readonly string[];
  audio: readonly string[];
}

/** What the engine can send; one picture codec is enough. */
const PICTURE = { "video/h264": "H264", "video/vp8": "VP8" } as const;
const SOUND = "audio/opus";

export function browserFacts(): BrowserFacts {
  const webrtc = typeof RTCPeerConnection === "function";
  const codecs = (kind: "audio" | "video"): string[] =>
    webrtc
      ? (RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []).map(({ mimeType }) => mimeType)
      : [];
  return {
    webrtc,
    secure: globalThis.isSecureContext,
    video: codecs("video"),
    audio: codecs("audio"),
  };
}

export function checkBrowser({ webrtc, video, audio }: BrowserFacts): Finding {
  if (!webrtc) return finding("browser_old");
  const found = new Set(video.map((type) => type.toLowerCase()));
  const pictures = Object.entries(PICTURE).filter(([type]) => found.has(type));
  if (pictures.length === 0 || !audio.some((type) => type.toLowerCase() === SOUND))
    return finding("browser_codecs");
  return finding("browser_ok", { codecs: pictures.map(([, name]) => name).join(", ") });
}

export function checkSecure({ secure }: BrowserFacts): Finding {
  return finding(secure ? "secure_ok" : "secure_not");
}
