/**
 * Records both voices of a lesson as the student hears and says them, in pieces that leave while it goes on.
 * Whoever makes one has the student's consent; nothing of it is kept in the browser.
 */
import { Store } from "./store";

/** A piece is short, so that little is lost when the page dies, and small enough for one request. */
const PIECE_MS = 5_000;
const BITS_PER_S = 48_000;
const TRIES = 4;
const AGAIN_MS = 1_500;

export type RecorderMedia = "audio/webm" | "audio/mp4";

export interface RecorderWiring {
  /** Begin a stretch on the platform; returns its name. */
  begin(media: RecorderMedia): Promise<string>;
  /** Keep one piece; refused for good when it throws a refusal. */
  keep(stretch: string, number: number, piece: Blob): Promise<void>;
  end(stretch: string): Promise<void>;
  /** Whether trying again cannot help. */
  isFinal(error: unknown): boolean;
}

/** What this browser can write. */
export function recorderMedia(): RecorderMedia | null {
  const Browser = globalThis.MediaRecorder as typeof MediaRecorder | undefined;
  const kinds: readonly RecorderMedia[] = ["audio/webm", "audio/mp4"];
  return kinds.find((kind) => Browser?.isTypeSupported(kind)) ?? null;
}

export class Recorder {
  /** `failed`: it has stopped although it should go on. */
  readonly state = new Store<"off" | "on" | "failed">("off");
  private context: AudioContext | null = null;
  private mixed: MediaStreamAudioDestinationNode | null = null;
  private readonly sources = new Map<string, MediaStreamAudioSourceNode>();
  private browser: MediaRecorder | null = null;
  private sending: Promise<void> = Promise.resolve();
  /** Grows with every start and stop: what was asked for before counts no more. */
  private round = 0;

  constructor(private readonly wiring: RecorderWiring) {}

  /** Begin; the voices may come and change afterwards. */
  async start(): Promise<void> {
    const media = recorderMedia();
    if (media === null || this.state.get() === "on") {
      if (media === null) this.state.set("failed");
      return;
    }
    this.round += 1;
    const { round } = this;
    try {
      const stretch = await this.wiring.begin(media);
      if (round !== this.round) {
        void this.wiring.end(stretch).catch(() => undefined);
        return;
      }
      this.context = new AudioContext();
      this.mixed = this.context.createMediaStreamDestination();
      const browser = new MediaRecorder(this.mixed.stream, {
        mimeType: media,
        audioBitsPerSecond: BITS_PER_S,
      });
      this.browser = browser;
      let number = 0;
      browser.ondataavailable = ({ data }) => {
        if (data.size === 0) return;
        this.take(stretch, number, data);
        number += 1;
      };
      browser.onstop = () => this.finish(stretch);
      browser.start(PIECE_MS);
      this.state.set("on");
    } catch {
      if (round === this.round) this.fail();
    }
  }

  /** These are the voices now; those that were there before go. */
  hear(voices: Readonly<Record<string, MediaStreamTrack | null>>): void {
    if (this.context === null || this.mixed === null) return;
    for (const [name, track] of Object.entries(voices)) {
      const known = this.sources.get(name);
      if (known?.mediaStream.getAudioTracks()[0] === (track ?? undefined)) continue;
      known?.disconnect();
      this.sources.delete(name);
      if (track === null) continue;
      const source = this.context.createMediaStreamSource(new MediaStream([track]));
      source.connect(this.mixed);
      this.sources.set(name, source);
    }
  }

  /** Stop; what is on its way still arrives. */
  stop(): void {
    this.round += 1;
    if (this.state.get() === "on") this.state.set("off");
    if (this.browser?.state === "recording") this.browser.stop();
    this.browser = null;
    for (const source of this.sources.values()) source.disconnect();
    this.sources.clear();
    void this.context?.close().catch(() => undefined);
    this.context = this.mixed = null;
  }

  private take(stretch: string, number: number, piece: Blob): void {
    if (this.state.get() === "failed") return;
    this.sending = this.sending.then(() => this.send(stretch, number, piece));
  }

  private async send(stretch: string, number: number, piece: Blob): Promise<void> {
    for (let tried = 1; this.state.get() !== "failed"; tried += 1) {
      try {
        await this.wiring.keep(stretch, number, piece);
        return;
      } catch (error) {
        if (tried === TRIES || this.wiring.isFinal(error)) {
          this.fail();
          return;
        }
        await new Promise((done) => setTimeout(done, AGAIN_MS * tried));
      }
    }
  }

  private finish(stretch: string): void {
    this.sending = this.sending.then(() => this.wiring.end(stretch).catch(() => undefined));
  }

  private fail(): void {
    this.state.set("failed");
    this.stop();
  }
}
