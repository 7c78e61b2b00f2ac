/** Doubles of the browser's socket and peer connection for the tests beside this file. */
import { OPEN, type SocketLike } from "./socket";

const CONNECTING: SocketLike["readyState"] = 0;
export const CLOSED: SocketLike["readyState"] = 3;

export class FakeSocket implements SocketLike {
  readyState: SocketLike["readyState"] = CONNECTING;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = CLOSED;
  }

  open(): void {
    this.readyState = OPEN;
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }

  say(event: object | string): void {
    const data = typeof event === "string" ? event : JSON.stringify(event);
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent);
  }

  break(code = 1006): void {
    this.readyState = CLOSED;
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent);
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.sent.filter((message) => message.type === type);
  }
}

export class FakePeer {
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remote: string | null = null;
  closed = false;
  refuses = false;
  ontrack: ((event: { track: unknown }) => void) | null = null;
  onicecandidate:
    | ((event: { candidate: { candidate?: string; toJSON(): object } | null }) => void)
    | null = null;
  onicecandidateerror: ((event: { errorCode: number; errorText: string }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly candidates: unknown[] = [];
  readonly transceivers: {
    kind: string;
    direction: string;
    receiver: { track: { kind: string } };
    sender: { track: unknown; replaceTrack(track: unknown): Promise<void> };
  }[] = [];

  constructor(
    readonly config: RTCConfiguration,
    readonly name: string,
  ) {}

  addTransceiver(kind: string, { direction }: { direction: string }) {
    const sender = {
      track: null as unknown,
      replaceTrack(track: unknown) {
        sender.track = track;
        return Promise.resolve();
      },
    };
    const transceiver = { kind, direction, receiver: { track: { kind } }, sender };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers() {
    return this.transceivers;
  }

  createOffer() {
    return Promise.resolve({ type: "offer", sdp: `offer of ${this.name}` });
  }

  setLocalDescription(description: { type: string; sdp: string }) {
    this.localDescription = description;
    return Promise.resolve();
  }

  setRemoteDescription({ sdp }: { sdp: string }) {
    if (this.refuses) return Promise.reject(new Error("unreadable"));
    this.remote = sdp;
    return Promise.resolve();
  }

  addIceCandidate(candidate: unknown) {
    if (candidate === "bad") return Promise.reject(new Error("unreadable"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  createDataChannel(): object {
    return {};
  }

  /** What `getStats` tells: replaced by tests. */
  stats: () => Map<string, object> = () => new Map();

  getStats() {
    return Promise.resolve(this.stats());
  }

  /** An address was found; without one, the search is over. */
  gathered(kind: "host" | "srflx" | "relay" | null): void {
    const text = `candidate:1 1 udp 1 192.0.2.1 4000 typ ${kind ?? ""}`;
    this.onicecandidate?.({
      candidate: kind && { candidate: text, toJSON: () => ({ candidate: text }) },
    });
  }

  refused(errorCode: number, errorText = ""): void {
    this.onicecandidateerror?.({ errorCode, errorText });
  }

  close(): void {
    this.closed = true;
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** Makes peers and remembers them. */
export class PeerMaker {
  readonly made: FakePeer[] = [];

  readonly make = (config: RTCConfiguration): RTCPeerConnection => {
    const peer = new FakePeer(config, String(this.made.length + 1));
    this.made.push(peer);
    return peer as unknown as RTCPeerConnection;
  };

  get last(): FakePeer {
    const peer = this.made.at(-1);
    if (peer === undefined) throw new Error("no peer was made");
    return peer;
  }
}

export class FakeTrack {
  enabled = true;
  label = "Built-in microphone";
  stopped = false;
  onended: (() => void) | null = null;

  stop(): void {
    this.stopped = true;
  }

  asStream(): MediaStream {
    return { getAudioTracks: () => [this] } as unknown as MediaStream;
  }
}

/** The part of a stream that peers use; the test environment has none. */
export class FakeStream {
  readonly tracks: unknown[] = [];

  addTrack(track: unknown): void {
    this.tracks.push(track);
  }
}
