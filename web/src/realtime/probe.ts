/** Reads the browser's WebRTC statistics every two seconds, for the student's bars and for the engine. */
import { type Quality, QualityMeter, readReport } from "./quality";
import { Store } from "./store";

const EVERY_MS = 2_000;

export class QualityProbe {
  /** Null until two readings of the connection have been compared. */
  readonly quality = new Store<Quality | null>(null);
  private readonly meter = new QualityMeter();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    /** The connection to read, or null while there is none. */
    private readonly connection: () => RTCPeerConnection | null,
    private readonly report: (values: Record<string, number | string>) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.measure(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.reset();
  }

  /** A new connection counts from zero. */
  reset(): void {
    this.meter.reset();
    this.quality.set(null);
  }

  async measure(): Promise<void> {
    const connection = this.connection();
    if (connection === null) return;
    const report = await connection.getStats();
    if (connection !== this.connection()) return;
    const measured = this.meter.take(readReport(report.values(), performance.now()));
    if (measured === null) return;
    this.quality.set(measured.quality);
    this.report(measured.stats);
  }
}
