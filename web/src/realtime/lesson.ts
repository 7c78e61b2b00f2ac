/**
 * One live lesson in the browser: chat, captions and whose turn it is, on a person's connection. It survives
 * breaks of the connection and a change of the engine session; the page only reads its stores.
 */
import { type Address, type Hello, type ServerEvent, say } from "../protocol";
import type { RecordedTurn } from "./chat";
import { Connection, type ConnectionWiring, type Front } from "./connection";
import type { Microphone, TalkMode } from "./microphone";
import type { QualityProbe } from "./probe";
import { Scene } from "./scene";
import { type Status, statusOf } from "./status";
import { Store } from "./store";
import type { LessonRecord, LessonWiring } from "./wiring";

export class Lesson implements Front {
  readonly scene: Scene;
  readonly status = new Store<Status>("connecting");
  /** The network lets neither sound nor picture through; trying goes on. */
  readonly blocked = new Store(false);

  address: Address;
  private recorded: readonly RecordedTurn[];
  private greeted: boolean;
  private resuming = false;
  private closed = false;
  /** It cannot go on, or not without being asked to. */
  private over = false;
  /** False while the record is read after a break: words typed then leave once it is known what arrived. */
  private caughtUp = false;
  private readonly wiring: LessonWiring;
  private readonly link: Connection;
  private readonly shared: boolean;

  /** On a connection of its own that ends with it. */
  constructor(wiring: LessonWiring & ConnectionWiring);
  /** On the person's connection. */
  constructor(wiring: LessonWiring, connection: Connection);
  constructor(wiring: LessonWiring & Partial<ConnectionWiring>, connection?: Connection) {
    this.wiring = wiring;
    this.address = wiring.address;
    this.recorded = wiring.turns;
    this.greeted = wiring.turns.length > 0;
    this.scene = new Scene(wiring.turns);
    this.shared = connection !== undefined;
    this.link = connection ?? new Connection(wiring as ConnectionWiring);
  }

  get microphone(): Microphone {
    return this.link.microphone;
  }

  get probe(): QualityProbe {
    return this.link.probe;
  }

  get stream(): Store<MediaStream | null> {
    return this.link.stream;
  }

  get started(): Store<boolean> {
    return this.link.started;
  }

  get pondering(): Store<boolean> {
    return this.link.pondering;
  }

  /** The connection that brings sound and picture now; null while there is none. */
  get connection(): RTCPeerConnection | null {
    return this.link.connected;
  }

  open(): void {
    this.link.attach(this);
  }

  close(): void {
    this.closed = true;
    if (this.shared) this.link.detach(this);
    else this.link.close();
  }

  /** The student pressed Start: from now on there is sound, and the tutor greets. */
  async start(withMicrophone: boolean): Promise<void> {
    this.started.set(true);
    if (withMicrophone) await this.microphone.request();
    this.greet();
  }

  ask(content: string): void {
    const words = content.trim();
    if (words === "") return;
    this.scene.typed(words);
    if (this.caughtUp) this.link.send(say.ask(this.address, words));
  }

  /** Leave the media to another page of the same person: there is one connection for each. */
  yieldMedia(): void {
    this.closed = true;
    this.link.yieldMedia();
    this.changed();
  }

  /** Silence the tutor. */
  stop(): void {
    this.link.send(say.interrupt(this.address));
  }

  /** Talk freely, or only while a key is held. */
  talkBy(mode: TalkMode): void {
    this.letGo();
    this.microphone.setMode(mode);
  }

  /** Hold to talk: who speaks is not talked over. */
  press(): void {
    if (this.microphone.mode.get() !== "hold" || this.link.line !== "open") return;
    if (this.scene.phase === "speaking") this.stop();
    this.microphone.press();
  }

  release(): void {
    this.microphone.release();
  }

  /** Let me think: for who talks freely. */
  ponder(on: boolean): void {
    const may =
      this.microphone.mode.get() === "open" && this.link.line === "open" && this.started.get();
    this.pondering.set(on && may);
  }

  /** No key is held any more, whatever happened to who held it. */
  letGo(): void {
    this.link.letGo();
  }

  /** Go on after the engine has ended the session. */
  async goOn(): Promise<void> {
    if (this.resuming || this.closed) return;
    this.resuming = true;
    try {
      const record = await this.wiring.resume();
      if (this.closed) return;
      this.scene.notice.set(null);
      this.over = false;
      this.link.revive();
      this.adopt(record);
      this.sendWaiting();
    } catch {
      this.over = true;
    } finally {
      this.resuming = false;
      this.changed();
    }
  }

  // From the connection (Front) -------------------------------------------------------------------------

  received(event: ServerEvent): void {
    if (event.type === "session_replaced") {
      const ours = event.old_engine_session_id === this.address.engineSessionId;
      if (ours) this.moveTo(event.engine_session_id);
      return;
    }
    const lesson = event.engine_session_id;
    if (lesson != null && lesson !== this.address.engineSessionId) return;
    const code = event.type === "error" ? event.code : null;
    if (code === "unknown_session") {
      void this.goOn();
      return;
    }
    // A refused offer is made again by itself; nobody has to do anything.
    if (code !== "bad_sdp") this.scene.take(event);
    if (code === "time_over") this.over = true;
    // The student has said it.
    if (event.type === "turn" && event.state === "thinking") this.pondering.set(false);
    this.changed();
  }

  async welcomed(hello: Hello, again: boolean): Promise<void> {
    this.scene.take(hello);
    this.scene.forget("engine_unreachable");
    if (again) {
      try {
        this.adopt(await this.wiring.reload());
      } catch {
        // A question asked twice is better than one that is lost.
      }
    }
    this.sendWaiting();
  }

  lost(unsent: boolean): void {
    if (unsent) this.caughtUp = false;
    this.scene.phase = "idle";
  }

  seen(): void {
    this.scene.forget("media_failed");
  }

  changed(): void {
    const { line, media } = this.link;
    this.blocked.set(line === "open" && media === "blocked");
    const { phase } = this.scene;
    const parts = {
      line: this.over ? "ended" : line,
      media,
      started: this.started.get(),
      phase,
    } as const;
    const pondering = this.pondering.get();
    this.status.set(statusOf({ ...parts, audible: this.microphone.live.get(), pondering }));
    this.greet();
  }

  // Inside ------------------------------------------------------------------------------------------------

  private adopt(record: LessonRecord): void {
    this.scene.chat.adopt(record.turns, this.recorded);
    this.recorded = record.turns;
    if (record.engineSessionId !== "") this.moveTo(record.engineSessionId);
  }

  private sendWaiting(): void {
    this.caughtUp = true;
    this.link.repeatKeys();
    for (const turn of this.scene.chat.unacknowledged)
      this.link.send(say.ask(this.address, turn.text));
  }

  private moveTo(engineSessionId: string): void {
    if (engineSessionId === this.address.engineSessionId) return;
    this.letGo();
    this.address = { ...this.address, engineSessionId };
    this.scene.cut();
    this.link.moved();
    this.changed();
  }

  private greet(): void {
    const { line, media } = this.link;
    const ready = line === "open" && (media === "connected" || media === "blocked");
    if (this.greeted || !ready || !this.started.get() || this.over) return;
    this.greeted = this.link.send(say.greet(this.address));
  }
}
