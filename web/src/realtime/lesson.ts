/**
 * One live lesson in the browser: socket, media, microphone, chat and captions, wired together. It survives
 * breaks of either connection and a change of the engine session; the page only reads its stores.
 */
import { type Address, type Hello, type ServerEvent, say } from "../protocol";
import type { RecordedTurn } from "./chat";
import { HeldKeys } from "./keys";
import { Microphone, type TalkMode } from "./microphone";
import { Peer } from "./peer";
import { QualityProbe } from "./probe";
import { Scene } from "./scene";
import { LessonSocket, type SocketEnd } from "./socket";
import { type Line, type Media, type Status, statusOf } from "./status";
import { Store } from "./store";
import { Surroundings } from "./surroundings";
import type { LessonRecord, LessonWiring } from "./wiring";

/** Without a picture by then, the network lets none through; text goes on. */
const TRIES_UNTIL_BLOCKED = 2;

export class Lesson {
  readonly scene: Scene;
  readonly microphone: Microphone;
  readonly status = new Store<Status>("connecting");
  readonly stream = new Store<MediaStream | null>(null);
  readonly started = new Store(false);
  /** The network lets neither sound nor picture through; trying goes on. */
  readonly blocked = new Store(false);
  /** The student thinks: no silence ends their turn. */
  readonly pondering = new Store(false);

  private address: Address;
  private recorded: readonly RecordedTurn[];
  private line: Line = "connecting";
  private media: Media = "connecting";
  private greeted: boolean;
  private resuming = false;
  private wasOpen = false;
  private closed = false;
  /** False while the record is read after a break: words typed then leave once it is known what arrived. */
  private caughtUp = false;
  private readonly socket: LessonSocket;
  private readonly peer: Peer;
  private readonly keys: HeldKeys;
  private readonly surroundings = new Surroundings(() => this.doubt());
  readonly probe: QualityProbe;

  constructor(private readonly wiring: LessonWiring) {
    this.address = wiring.address;
    this.recorded = wiring.turns;
    this.greeted = wiring.turns.length > 0;
    this.scene = new Scene(wiring.turns);
    this.socket = new LessonSocket(
      wiring.socketUrl,
      {
        received: (event) => this.received(event),
        lost: () => this.socketLost(),
        ended: (reason) => this.socketEnded(reason),
      },
      wiring.openSocket,
    );
    this.peer = new Peer(
      wiring.rtc,
      {
        offer: (sdp) => this.socket.send(say.offer(this.address, sdp)),
        candidate: (found) => this.socket.send(say.candidate(this.address, found)),
        stream: (stream) => this.stream.set(stream),
        connected: () => this.mediaIs("connected"),
        broken: (tried) => this.mediaIs(tried >= TRIES_UNTIL_BLOCKED ? "blocked" : "broken"),
      },
      wiring.makePeer,
    );
    this.microphone = new Microphone((track) => this.peer.speakWith(track), wiring.askMicrophone);
    this.keys = new HeldKeys((key, held) => this.socket.send(say.hold(this.address, key, held)));
    this.microphone.live.subscribe(() => this.settle());
    this.microphone.pressed.subscribe(() => this.keys.set("talk", this.microphone.pressed.get()));
    this.pondering.subscribe(() => {
      this.keys.set("think", this.pondering.get());
      this.settle();
    });
    this.probe = new QualityProbe(
      () => this.connection,
      (values) => this.socket.send(say.stats(this.address, values)),
    );
  }

  open(): void {
    this.socket.start();
    this.probe.start();
    this.surroundings.watch();
  }

  close(): void {
    this.letGo();
    this.closed = true;
    this.probe.stop();
    this.surroundings.leave();
    this.microphone.close();
    this.peer.close();
    this.socket.close();
  }

  /** The student pressed Start: from now on there is sound, and the tutor greets. */
  async start(withMicrophone: boolean): Promise<void> {
    this.started.set(true);
    this.settle();
    if (withMicrophone) await this.microphone.request();
    this.greet();
  }

  ask(content: string): void {
    const words = content.trim();
    if (words === "") return;
    this.scene.typed(words);
    if (this.caughtUp) this.socket.send(say.ask(this.address, words));
  }

  /** Leave the media to another page of the same person: there is one connection for each. */
  yieldMedia(): void {
    this.close();
    this.stream.set(null);
    this.line = "elsewhere";
    this.settle();
  }

  /** Silence the tutor. */
  stop(): void {
    this.socket.send(say.interrupt(this.address));
  }

  /** Talk freely, or only while a key is held. */
  talkBy(mode: TalkMode): void {
    this.letGo();
    this.microphone.setMode(mode);
  }

  /** Hold to talk: who speaks is not talked over. */
  press(): void {
    if (this.microphone.mode.get() !== "hold" || this.line !== "open") return;
    if (this.scene.phase === "speaking") this.stop();
    this.microphone.press();
  }

  release(): void {
    this.microphone.release();
  }

  /** Let me think: for who talks freely. */
  ponder(on: boolean): void {
    const may = this.microphone.mode.get() === "open" && this.line === "open" && this.started.get();
    this.pondering.set(on && may);
  }

  /** No key is held any more, whatever happened to who held it. */
  letGo(): void {
    this.microphone.shut();
    this.pondering.set(false);
  }

  /** Go on after the engine has ended the session. */
  async goOn(): Promise<void> {
    if (this.resuming || this.closed) return;
    this.resuming = true;
    try {
      const record = await this.wiring.resume();
      if (this.closed) return;
      this.scene.notice.set(null);
      this.line = "open";
      this.adopt(record);
      if (!this.peer.isConnected) void this.peer.connect();
      this.sendWaiting();
    } catch {
      this.line = "ended";
    } finally {
      this.resuming = false;
      this.settle();
    }
  }

  /** The connection that brings sound and picture now; null while there is none. */
  get connection(): RTCPeerConnection | null {
    return this.peer.isConnected ? this.peer.connection : null;
  }

  private doubt(): void {
    this.socket.doubt();
    if (this.line === "open") void this.peer.doubt();
  }

  private received(event: ServerEvent): void {
    if (event.type === "session_replaced") {
      const ours = event.old_engine_session_id === this.address.engineSessionId;
      if (ours) this.moveTo(event.engine_session_id);
      return;
    }
    const lesson = event.engine_session_id;
    if (lesson != null && lesson !== this.address.engineSessionId) return;
    if (event.type === "hello") void this.welcomed(event);
    else if (event.type === "webrtc_answer") void this.peer.answered(event.sdp);
    else if (event.type === "webrtc_ice_candidate") void this.peer.remoteCandidate(event.candidate);
    else if (event.type === "error" && event.code === "unknown_session") void this.goOn();
    else {
      const code = event.type === "error" ? event.code : null;
      // A refused offer is made again by itself; nobody has to do anything.
      if (code !== "bad_sdp") this.scene.take(event);
      // The student has said it.
      if (event.type === "turn" && event.state === "thinking") this.pondering.set(false);
      if (code === "bad_sdp" || code === "media_failed") this.peer.renew();
      if (code === "engine_unreachable") this.engineLost();
      this.settle();
    }
  }

  private async welcomed(hello: Hello): Promise<void> {
    this.scene.take(hello);
    this.line = "open";
    this.scene.forget("engine_unreachable");
    this.settle();
    if (this.peer.isConnected) void this.peer.doubt();
    else void this.peer.connect();
    if (this.wasOpen) {
      try {
        this.adopt(await this.wiring.reload());
      } catch {
        // A question asked twice is better than one that is lost.
      }
    }
    this.wasOpen = true;
    this.sendWaiting();
  }

  private adopt(record: LessonRecord): void {
    this.scene.chat.adopt(record.turns, this.recorded);
    this.recorded = record.turns;
    if (record.engineSessionId !== "") this.moveTo(record.engineSessionId);
  }

  private sendWaiting(): void {
    this.caughtUp = true;
    // What could not be told while the way was broken.
    this.keys.set("talk", this.microphone.pressed.get());
    this.keys.set("think", this.pondering.get());
    for (const turn of this.scene.chat.unacknowledged)
      this.socket.send(say.ask(this.address, turn.text));
  }

  private moveTo(engineSessionId: string): void {
    if (engineSessionId === this.address.engineSessionId) return;
    this.letGo();
    this.keys.forget();
    this.address = { ...this.address, engineSessionId };
    this.scene.cut();
    void this.peer.connect();
    this.settle();
  }

  private socketLost(): void {
    this.caughtUp = false;
    this.engineLost();
    this.settle();
  }

  /** The platform is there and keeps what is typed; behind it nobody answers until the next hello. */
  private engineLost(): void {
    this.line = this.wasOpen ? "broken" : "connecting";
    this.letGo();
    this.scene.phase = "idle";
    this.peer.rest();
  }

  private socketEnded(reason: SocketEnd): void {
    this.line = "ended";
    this.settle();
    if (reason === "signed_out") this.wiring.signedOut();
  }

  private mediaIs(media: Media): void {
    this.media = media;
    this.probe.reset();
    if (media === "connected") this.scene.forget("media_failed");
    // Offers go nowhere now; the next hello makes a new connection.
    else if (this.line !== "open") this.peer.rest();
    this.settle();
    this.greet();
  }

  private greet(): void {
    const ready = this.line === "open" && (this.media === "connected" || this.media === "blocked");
    if (this.greeted || !ready || !this.started.get()) return;
    this.greeted = this.socket.send(say.greet(this.address));
  }

  private settle(): void {
    const { line, media } = this;
    this.blocked.set(line === "open" && media === "blocked");
    const { phase } = this.scene;
    const parts = { line, media, started: this.started.get(), phase };
    const pondering = this.pondering.get();
    this.status.set(statusOf({ ...parts, audible: this.microphone.live.get(), pondering }));
  }
}
