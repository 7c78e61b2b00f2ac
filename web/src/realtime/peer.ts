/**
 * The media connection of one person: a picture and sound from the tutor, and a place for the microphone that
 * is there from the first offer, so that starting to speak needs no second negotiation.
 *
 * A break is answered with a new connection and a new offer; the old picture stays until the new one is there.
 */
import { Backoff } from "./backoff";

const BREAK_MS = 2_000;
const CONNECT_MS = 12_000;
/** A living connection brings sound and picture many times a second, and an ICE answer every 2.5 s without them. */
const DOUBT_MS = 2_800;
const LOOK_EVERY_MS = 350;
/** A connection that has only begun needs no second reason to begin. */
const FRESH_MS = 3_000;

export interface PeerWiring {
  offer(sdp: string): void;
  candidate(found: RTCIceCandidateInit | null): void;
  stream(stream: MediaStream): void;
  connected(): void;
  /** The connection is lost; `tried` connections have failed since the last good one. */
  broken(tried: number): void;
}

export type PeerFactory = (config: RTCConfiguration) => RTCPeerConnection;

export class Peer {
  private current: RTCPeerConnection | null = null;
  /** The connection whose picture is on the screen. */
  private shown: RTCPeerConnection | null = null;
  private microphone: MediaStreamTrack | null = null;
  /** Connections whose offers await an answer, oldest first: the engine answers in order. */
  private waiting: RTCPeerConnection[] = [];
  /** The current connection is given up, whatever the browser says of it. */
  private given = false;
  private doubting = false;
  private begun_ms = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;

  constructor(
    private readonly config: RTCConfiguration,
    private readonly wiring: PeerWiring,
    private readonly make: PeerFactory = (config) => new RTCPeerConnection(config),
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(random);
  }

  get isConnected(): boolean {
    return !this.given && this.current?.connectionState === "connected";
  }

  get connection(): RTCPeerConnection | null {
    return this.current;
  }

  /** Make a connection and offer it; any older one goes once this one is up. */
  async connect(): Promise<void> {
    clearTimeout(this.timer);
    if (this.current !== null && this.current !== this.shown) silence(this.current);
    const peer = this.make({ ...this.config, bundlePolicy: "max-bundle" });
    this.current = peer;
    this.given = false;
    this.begun_ms = Date.now();
    const received = new MediaStream();
    peer.addTransceiver("video", { direction: "recvonly" });
    const audio = peer.addTransceiver("audio", { direction: "sendrecv" });
    if (this.microphone !== null) void audio.sender.replaceTrack(this.microphone);
    peer.ontrack = ({ track }) => received.addTrack(track);
    peer.onicecandidate = ({ candidate }) => {
      if (peer === this.current) this.wiring.candidate(candidate?.toJSON() ?? null);
    };
    peer.onconnectionstatechange = () => this.changed(peer, received);
    this.timer = setTimeout(() => this.renew(), CONNECT_MS);
    await peer.setLocalDescription(await peer.createOffer());
    if (peer !== this.current || peer.localDescription === null) return;
    this.waiting.push(peer);
    this.wiring.offer(peer.localDescription.sdp);
  }

  /** Take the engine's answer to the oldest unanswered offer. */
  async answered(sdp: string): Promise<void> {
    const peer = this.waiting.shift();
    if (peer === undefined || peer !== this.current) return;
    try {
      await peer.setRemoteDescription({ type: "answer", sdp });
    } catch {
      this.renew();
    }
  }

  async remoteCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.current?.addIceCandidate(candidate ?? undefined);
    } catch {
      // One unreadable address of several: the answer carries the others.
    }
  }

  /**
   * The network may have changed, or the machine has slept: make sure that something still arrives. Browsers
   * take seven seconds and more to notice by themselves.
   */
  async doubt(): Promise<void> {
    const peer = this.current;
    if (peer === null || this.doubting) return;
    if (!this.isConnected) {
      if (this.given || Date.now() - this.begun_ms > FRESH_MS) this.hurry();
      return;
    }
    this.doubting = true;
    const alive = await isAlive(peer).catch(() => false);
    this.doubting = false;
    if (!alive && peer === this.current && this.isConnected) this.hurry();
  }

  /** There is a new reason to hope: make a connection now. */
  hurry(): void {
    this.backoff.reset();
    this.renew();
  }

  /** The socket broke: its answers will never come, and new offers would go nowhere. */
  rest(): void {
    this.waiting = [];
    this.backoff.reset();
    if (!this.isConnected) clearTimeout(this.timer);
  }

  /** Speak with `track`, now and after every reconnection. */
  async speakWith(track: MediaStreamTrack | null): Promise<void> {
    this.microphone = track;
    const sender = this.current
      ?.getTransceivers()
      .find((transceiver) => transceiver.receiver.track.kind === "audio")?.sender;
    await sender?.replaceTrack(track);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const peer of new Set([this.current, this.shown])) if (peer !== null) silence(peer);
    this.current = null;
    this.shown = null;
    this.waiting = [];
  }

  private changed(peer: RTCPeerConnection, received: MediaStream): void {
    if (peer !== this.current) return;
    switch (peer.connectionState) {
      case "connected":
        clearTimeout(this.timer);
        this.backoff.reset();
        this.given = false;
        if (this.shown !== null && this.shown !== peer) silence(this.shown);
        this.shown = peer;
        this.wiring.stream(received);
        this.wiring.connected();
        break;
      case "disconnected":
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.renew(), BREAK_MS);
        break;
      case "failed":
        this.renew();
        break;
      default:
        break;
    }
  }

  /** Give the connection up and make another, sooner or later. */
  renew(): void {
    const given = this.current;
    if (given === null) return;
    clearTimeout(this.timer);
    this.given = true;
    // Its offer was refused or lost; the next answer is for a later one.
    this.waiting = this.waiting.filter((peer) => peer !== given);
    const { tried } = this.backoff;
    this.timer = setTimeout(() => void this.connect(), this.backoff.next());
    this.wiring.broken(tried);
  }
}

/** Whether anything arrives within the time in which something has to. */
async function isAlive(peer: RTCPeerConnection): Promise<boolean> {
  // What had waited in the machine while it slept is read first; that is no sign of life.
  let before: number | null = null;
  for (let passed = 0; passed < DOUBT_MS; passed += LOOK_EVERY_MS) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    const now = await arrivals(peer);
    if (before !== null && now > before) return true;
    before = now;
  }
  return false;
}

/** Packets of media and answers to ICE checks since the connection began. */
async function arrivals(peer: RTCPeerConnection): Promise<number> {
  let count = 0;
  for (const raw of (await peer.getStats()).values()) {
    const entry = raw as Record<string, unknown>;
    for (const name of ["packetsReceived", "responsesReceived"]) {
      const value = entry[name];
      if (typeof value === "number" && entry.type !== "transport") count += value;
    }
  }
  return count;
}

function silence(peer: RTCPeerConnection): void {
  peer.ontrack = null;
  peer.onicecandidate = null;
  peer.onconnectionstatechange = null;
  peer.close();
}
