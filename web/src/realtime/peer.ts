/**
 * The media connection of one person: a picture and sound from the tutor, and a place for the microphone that
 * is there from the first offer, so that starting to speak needs no second negotiation.
 *
 * A break is answered with a new connection and a new offer; the old picture stays until the new one is there.
 */
import { Backoff } from "./backoff";

const BREAK_MS = 2_000;
const CONNECT_MS = 12_000;

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
    return this.current?.connectionState === "connected";
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
    // Its offer was refused or lost; the next answer is for a later one.
    this.waiting = this.waiting.filter((peer) => peer !== given);
    const { tried } = this.backoff;
    this.timer = setTimeout(() => void this.connect(), this.backoff.next());
    this.wiring.broken(tried);
  }
}

function silence(peer: RTCPeerConnection): void {
  peer.ontrack = null;
  peer.onicecandidate = null;
  peer.onconnectionstatechange = null;
  peer.close();
}
