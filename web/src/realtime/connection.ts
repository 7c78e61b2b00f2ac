/**
 * One person's way to the tutors: one socket, one media connection, one microphone. It outlives the lessons that
 * are opened on it; the one in front has the face, the voice and the keys. Turning to another lesson makes no
 * new connection: the engine shows that lesson's tutor on the one that is there.
 */
import { type Address, type ClientMessage, type Hello, type ServerEvent, say } from "../protocol";
import { HeldKeys } from "./keys";
import { type Ask, Microphone } from "./microphone";
import { Peer, type PeerFactory } from "./peer";
import { QualityProbe } from "./probe";
import { LessonSocket, type SocketEnd, type SocketLike } from "./socket";
import type { Line, Media } from "./status";
import { Store } from "./store";
import { Surroundings } from "./surroundings";

/** Without a picture by then, the network lets none through; text goes on. */
const TRIES_UNTIL_BLOCKED = 2;

export interface ConnectionWiring {
  rtc: RTCConfiguration;
  socketUrl: string;
  signedOut(): void;
  openSocket?: (url: string) => SocketLike;
  makePeer?: PeerFactory;
  askMicrophone?: Ask;
}

/** The lesson in front. */
export interface Front {
  readonly address: Address;
  /** The server is there; `again`: after a break, in which something may have been missed. */
  welcomed(hello: Hello, again: boolean): void;
  received(event: ServerEvent): void;
  /** Nobody answers until the next hello; `unsent`: what is typed now does not even reach the server. */
  lost(unsent: boolean): void;
  /** Sound and picture are there. */
  seen(): void;
  /** Something about line, media, keys or microphone is different now. */
  changed(): void;
}

export class Connection {
  readonly microphone: Microphone;
  readonly probe: QualityProbe;
  readonly stream = new Store<MediaStream | null>(null);
  /** The person has pressed Start: there may be sound. */
  readonly started = new Store(false);
  /** The student thinks: no silence ends their turn. */
  readonly pondering = new Store(false);
  /** How often this browser has offered a media connection. */
  offers = 0;

  private front: Front | null = null;
  private hello: Hello | null = null;
  private lineNow: Line = "connecting";
  private mediaNow: Media = "connecting";
  private wasOpen = false;
  private opened = false;
  private readonly socket: LessonSocket;
  private readonly peer: Peer;
  private readonly keys: HeldKeys;
  private readonly surroundings = new Surroundings(() => this.doubt());

  constructor(private readonly wiring: ConnectionWiring) {
    this.socket = new LessonSocket(
      wiring.socketUrl,
      {
        received: (event) => this.received(event),
        lost: () => this.engineLost(true),
        ended: (reason) => this.ended(reason),
      },
      wiring.openSocket,
    );
    this.peer = new Peer(
      wiring.rtc,
      {
        offer: (sdp) => this.offer(sdp),
        candidate: (found) => this.toFront((to) => say.candidate(to, found)),
        stream: (stream) => this.stream.set(stream),
        connected: () => this.mediaIs("connected"),
        broken: (tried) => this.mediaIs(tried >= TRIES_UNTIL_BLOCKED ? "blocked" : "broken"),
      },
      wiring.makePeer,
    );
    this.microphone = new Microphone((track) => this.peer.speakWith(track), wiring.askMicrophone);
    this.keys = new HeldKeys((key, held) => this.toFront((to) => say.hold(to, key, held)));
    this.microphone.live.subscribe(() => this.front?.changed());
    this.microphone.pressed.subscribe(() => this.keys.set("talk", this.microphone.pressed.get()));
    this.pondering.subscribe(() => {
      this.keys.set("think", this.pondering.get());
      this.front?.changed();
    });
    this.started.subscribe(() => this.front?.changed());
    this.probe = new QualityProbe(
      () => this.connected,
      (values) => this.toFront((to) => say.stats(to, values)),
    );
  }

  get line(): Line {
    return this.lineNow;
  }

  get media(): Media {
    return this.mediaNow;
  }

  /** The connection that brings sound and picture now; null while there is none. */
  get connected(): RTCPeerConnection | null {
    return this.peer.isConnected ? this.peer.connection : null;
  }

  // Lessons --------------------------------------------------------------------------------------------

  /** This lesson is in front from now on. */
  attach(front: Front): void {
    if (this.front !== front) {
      this.letGo();
      this.keys.forget();
    }
    this.front = front;
    if (!this.opened) this.open();
    else if (this.hello !== null && this.lineNow === "open") {
      // The face follows at once; only the first lesson needs an offer.
      if (this.peer.connection === null) void this.peer.connect();
      else this.send(say.show(front.address));
      front.welcomed(this.hello, false);
    }
    // Only now, so that nothing is said to the tutor before.
    this.microphone.rest(false);
    front.changed();
  }

  /** The lesson goes; until another comes, nothing of the student is heard. */
  detach(front: Front): void {
    if (this.front !== front) return;
    this.letGo();
    this.microphone.rest(true);
    if (this.lineNow === "open") this.send(say.interrupt(front.address));
    this.front = null;
  }

  close(): void {
    this.letGo();
    this.probe.stop();
    this.surroundings.leave();
    this.microphone.close();
    this.peer.close();
    this.socket.close();
    this.lineNow = "ended";
  }

  /** Leave the media to another page of the same person: there is one connection for each. */
  yieldMedia(): void {
    this.close();
    this.stream.set(null);
    this.lineNow = "elsewhere";
    this.front?.changed();
  }

  /** Whether another lesson can be opened on it. */
  get usable(): boolean {
    return this.lineNow !== "ended" && this.lineNow !== "elsewhere";
  }

  // Sending --------------------------------------------------------------------------------------------

  /** Whether the message left. */
  send(message: ClientMessage): boolean {
    return this.socket.send(message);
  }

  /** Tell the keys again: what could not be told while the way was broken. */
  repeatKeys(): void {
    this.keys.set("talk", this.microphone.pressed.get());
    this.keys.set("think", this.pondering.get());
  }

  /** No key is held any more, whatever happened to who held it. */
  letGo(): void {
    this.microphone.shut();
    this.pondering.set(false);
  }

  /** The lesson in front goes on in another engine session, which knows neither keys nor media. */
  moved(): void {
    this.letGo();
    this.keys.forget();
    void this.peer.connect();
  }

  /** The lesson was resumed: whatever had ended is open again. */
  revive(): void {
    this.lineNow = "open";
    if (!this.peer.isConnected) void this.peer.connect();
  }

  // Inside ---------------------------------------------------------------------------------------------

  private open(): void {
    this.opened = true;
    this.socket.start();
    this.probe.start();
    this.surroundings.watch();
  }

  private toFront(message: (to: Address) => ClientMessage): boolean {
    return this.front !== null && this.send(message(this.front.address));
  }

  private offer(sdp: string): void {
    this.offers += 1;
    this.toFront((to) => say.offer(to, sdp));
  }

  private doubt(): void {
    this.socket.doubt();
    if (this.lineNow === "open") void this.peer.doubt();
  }

  private received(event: ServerEvent): void {
    if (event.type === "hello") this.welcomed(event);
    else if (event.type === "webrtc_answer") void this.peer.answered(event.sdp);
    else if (event.type === "webrtc_ice_candidate") void this.peer.remoteCandidate(event.candidate);
    else {
      const lesson = event.engine_session_id;
      const mine = lesson == null || lesson === this.front?.address.engineSessionId;
      this.front?.received(event);
      if (event.type !== "error" || !mine) return;
      if (event.code === "bad_sdp" || event.code === "media_failed") this.peer.renew();
      if (event.code === "engine_unreachable") this.engineLost(false);
    }
  }

  private welcomed(hello: Hello): void {
    this.hello = hello;
    this.lineNow = "open";
    if (this.peer.isConnected) void this.peer.doubt();
    else if (this.front !== null) void this.peer.connect();
    const again = this.wasOpen;
    this.wasOpen = true;
    this.front?.welcomed(hello, again);
    this.front?.changed();
  }

  private engineLost(unsent: boolean): void {
    this.lineNow = this.wasOpen ? "broken" : "connecting";
    this.letGo();
    this.peer.rest();
    this.front?.lost(unsent);
    this.front?.changed();
  }

  private ended(reason: SocketEnd): void {
    this.lineNow = "ended";
    this.front?.changed();
    if (reason === "signed_out") this.wiring.signedOut();
  }

  private mediaIs(media: Media): void {
    this.mediaNow = media;
    this.probe.reset();
    if (media === "connected") this.front?.seen();
    // Offers go nowhere now; the next hello makes a new connection.
    else if (this.lineNow !== "open") this.peer.rest();
    this.front?.changed();
  }
}
