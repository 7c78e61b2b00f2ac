/** What a live lesson needs from the page around it; tests put their own socket and media in. */
import type { Address } from "../protocol";
import type { RecordedTurn } from "./chat";
import type { Ask } from "./microphone";
import type { PeerFactory } from "./peer";
import type { SocketLike } from "./socket";

export interface LessonRecord {
  engineSessionId: string;
  turns: readonly RecordedTurn[];
}

export interface LessonWiring {
  address: Address;
  turns: readonly RecordedTurn[];
  rtc: RTCConfiguration;
  socketUrl: string;
  /** Read the record again. */
  reload(): Promise<LessonRecord>;
  /** Ask for an engine session after the old one has ended. */
  resume(): Promise<LessonRecord>;
  signedOut(): void;
  openSocket?: (url: string) => SocketLike;
  makePeer?: PeerFactory;
  askMicrophone?: Ask;
}
