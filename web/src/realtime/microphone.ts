/**
 * The student's microphone: asked for once, open or held. Nothing leaves the browser while it is closed, and
 * nothing is ever stored.
 */
import { Store } from "./store";

/** `off`: not asked yet. `missing`: this machine has none, or the page is not on a secure address. */
export type MicrophoneState = "off" | "asking" | "ready" | "refused" | "missing";

export type TalkMode = "hold" | "open";

/** The last syllable still leaves after the key is released. */
const TAIL_MS = 300;

const WISHES: MediaStreamConstraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

export type Ask = (wishes: MediaStreamConstraints) => Promise<MediaStream>;

const askBrowser: Ask = (wishes) => {
  // Browsers leave mediaDevices out on pages that are not secure.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return Promise.reject(new DOMException("", "NotFoundError"));
  return devices.getUserMedia(wishes);
};

export class Microphone {
  readonly state = new Store<MicrophoneState>("off");
  readonly mode = new Store<TalkMode>("open");
  /** Whether the student can be heard now. */
  readonly live = new Store(false);
  /** The key to talk is held and the student can be heard: true after the track opens, false once it is shut. */
  readonly pressed = new Store(false);
  /** The microphone itself, for who records with the student's consent. */
  readonly sound = new Store<MediaStreamTrack | null>(null);
  private track: MediaStreamTrack | null = null;
  private held = false;
  /** No tutor is in front: nobody is spoken to. */
  private resting = false;
  private tail: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly attach: (track: MediaStreamTrack | null) => Promise<void>,
    private readonly ask: Ask = askBrowser,
  ) {}

  /** Ask the browser; afterwards the state says how it went. Safe to call again after a refusal. */
  async request(): Promise<void> {
    if (this.state.get() === "ready" || this.state.get() === "asking") return;
    this.state.set("asking");
    try {
      const stream = await this.ask(WISHES);
      const track = stream.getAudioTracks()[0];
      if (track === undefined) throw new DOMException("", "NotFoundError");
      this.track = track;
      this.sound.set(track);
      track.onended = () => this.lost();
      this.state.set("ready");
      this.apply();
      await this.attach(track);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      this.state.set(name === "NotAllowedError" ? "refused" : "missing");
    }
  }

  setMode(mode: TalkMode): void {
    this.mode.set(mode);
    this.shut();
  }

  press(): void {
    clearTimeout(this.tail);
    this.held = true;
    this.apply();
  }

  /** The key goes up; the microphone follows when the last syllable is out. */
  release(): void {
    clearTimeout(this.tail);
    if (this.held) this.tail = setTimeout(() => this.shut(), TAIL_MS);
  }

  /** The key is up and the microphone shut, now. */
  shut(): void {
    clearTimeout(this.tail);
    this.held = false;
    this.apply();
  }

  /** While nobody is spoken to, nothing is heard, also of who talks freely. */
  rest(on: boolean): void {
    this.resting = on;
    this.apply();
  }

  close(): void {
    clearTimeout(this.tail);
    if (this.track !== null) {
      this.track.onended = null;
      this.track.stop();
    }
    this.track = null;
    this.sound.set(null);
    this.held = false;
    this.apply();
    this.state.set("off");
  }

  private lost(): void {
    this.track = null;
    this.sound.set(null);
    this.held = false;
    this.apply();
    this.state.set("missing");
    void this.attach(null);
  }

  private apply(): void {
    const wanted = !this.resting && (this.mode.get() === "open" || this.held);
    const live = this.track !== null && wanted;
    if (this.track !== null) this.track.enabled = live;
    this.live.set(live);
    this.pressed.set(live && this.held && this.mode.get() === "hold");
  }
}
