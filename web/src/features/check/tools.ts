/** What the doctor works with in this browser, before a lesson and in one. */
import { ApiError, api, type RtcConfig } from "../../api";
import type { Lesson } from "../../realtime";
import {
  browserFacts,
  browserSounds,
  finding,
  type OpenLoop,
  type Reach,
  rehearse,
  type Tools,
} from "../../realtime/doctor";

const reachOf = (config: RtcConfig): Reach => ({
  // Absent names must stay absent: a browser turns null into the user name "null".
  iceServers: config.iceServers.map(({ urls, username, credential }) => ({
    urls,
    ...(username ? { username } : {}),
    ...(credential ? { credential } : {}),
  })),
  iceTransportPolicy: config.iceTransportPolicy,
  publicIp: config.public_ip,
  port: config.port_min,
  pageHost: location.hostname,
});

const newPeer = (config: RTCConfiguration) => new RTCPeerConnection(config);

/** Call it within a press, so that the browser allows sound. */
export function browserTools(userId: string, openLoop: OpenLoop): Tools {
  return {
    facts: browserFacts(),
    sounds: browserSounds(),
    askMicrophone: (wishes) => navigator.mediaDevices.getUserMedia(wishes),
    makePeer: newPeer,
    openSocket: () => new WebSocket(api.socketUrl(userId)),
    reach: async () => reachOf(await api.gateway.webrtcConfig()),
    openLoop,
  };
}

/** Reads the lesson's own connection and leaves it as it is. */
export const loopOfLesson =
  (lesson: Lesson): OpenLoop =>
  async () => {
    const { connection } = lesson;
    return connection === null ? finding("loop_failed") : { connection, close: () => undefined };
  };

/** Before a lesson: a connection of its own, which takes nobody's seat. */
export const loopBeforeLesson: OpenLoop = async () => {
  const { iceServers, iceTransportPolicy } = reachOf(await api.gateway.webrtcConfig());
  return rehearse(newPeer, { iceServers: [...iceServers], iceTransportPolicy }, (offer) =>
    api.gateway
      .webrtcCheck({ sdp: offer })
      .then(({ sdp }) => sdp)
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === "no_seat") return null;
        throw error;
      }),
  );
};
