/** A connection like that of a lesson without a lesson: the engine shows an idle picture for some seconds. */
import type { PeerFactory } from "../peer";
import { type Finding, finding } from "./findings";
import type { Loop } from "./loop";

export const CONNECT_MS = 8_000;

/**
 * Ask for one; `answer` hands the offer to the engine. A connection that does not come about is a finding, and so
 * is an engine that is busy with the checks of others (`answer` gives null).
 */
export async function rehearse(
  make: PeerFactory,
  config: RTCConfiguration,
  answer: (offer: string) => Promise<string | null>,
): Promise<Loop | Finding> {
  const peer = make({ ...config, bundlePolicy: "max-bundle" });
  const give = (found: Finding): Finding => {
    peer.close();
    return found;
  };
  try {
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addTransceiver("audio", { direction: "recvonly" });
    await peer.setLocalDescription(await peer.createOffer());
    const sdp = await answer(peer.localDescription?.sdp ?? "");
    if (sdp === null) return give(finding("loop_busy"));
    const connected = comesAbout(peer);
    await peer.setRemoteDescription({ type: "answer", sdp });
    if (!(await connected)) return give(finding("loop_failed"));
    return { connection: peer, close: () => peer.close() };
  } catch {
    return give(finding("loop_failed"));
  }
}

function comesAbout(peer: RTCPeerConnection): Promise<boolean> {
  return new Promise((done) => {
    const end = (connected: boolean) => {
      clearTimeout(limit);
      peer.onconnectionstatechange = null;
      done(connected);
    };
    const limit = setTimeout(() => end(false), CONNECT_MS);
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "connected") end(true);
      if (peer.connectionState === "failed" || peer.connectionState === "closed") end(false);
    };
  });
}
