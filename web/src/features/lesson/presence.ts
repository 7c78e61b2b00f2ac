/**
 * The one connection of the person in this tab. It outlives lesson pages, so that turning to another tutor needs
 * no new one; when no lesson is in front for a while it goes, and the microphone a little sooner.
 */
import type { Id, RtcConfig } from "../../api";
import { api } from "../../api";
import { Connection } from "../../realtime";
import { joinPages } from "./pages";

const MICROPHONE_STAYS_MS = 3_000;
const CONNECTION_STAYS_MS = 20_000;

interface Present {
  personId: string;
  connection: Connection;
  /** What it was made with. */
  rtc: RtcConfig;
  leavePages: () => void;
}

let present: Present | null = null;
let lettingGo: ReturnType<typeof setTimeout>[] = [];

/** How to reach the media port: not asked for again while the connection is there, so the next face comes sooner. */
export async function rtcConfig(): Promise<RtcConfig> {
  if (present?.connection.usable) return present.rtc;
  return api.gateway.webrtcConfig();
}

/** The person's connection, made anew when there is none; whoever takes it gives it back by `giveBack`. */
export function takeConnection(personId: Id, rtc: RtcConfig, signedOut: () => void): Connection {
  stay();
  if (present?.personId === String(personId) && present.connection.usable)
    return present.connection;
  hangUp();
  const connection = new Connection({
    rtc: rtcOf(rtc),
    socketUrl: api.socketUrl(personId),
    signedOut,
  });
  // Another tab takes the media: there is one connection for each person.
  const leavePages = joinPages(String(personId), () => connection.yieldMedia());
  present = { personId: String(personId), connection, rtc, leavePages };
  return connection;
}

/** No lesson page needs it now; another may come in a moment. */
export function giveBack(): void {
  stay();
  const { connection } = present ?? {};
  lettingGo = [
    setTimeout(() => connection?.microphone.close(), MICROPHONE_STAYS_MS),
    setTimeout(hangUp, CONNECTION_STAYS_MS),
  ];
}

/** Nothing of it is left. */
export function hangUp(): void {
  stay();
  present?.leavePages();
  if (present?.connection.usable) present.connection.close();
  present = null;
}

function stay(): void {
  for (const timer of lettingGo) clearTimeout(timer);
  lettingGo = [];
}

function rtcOf({ iceServers, iceTransportPolicy }: RtcConfig): RTCConfiguration {
  return {
    iceTransportPolicy,
    iceServers: iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username ? { username } : {}),
      ...(credential ? { credential } : {}),
    })),
  };
}
