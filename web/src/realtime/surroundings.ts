/**
 * Notices that the world around the page has changed: another network, a machine that was asleep, a page that
 * was in the background. It only says so; whoever has a connection finds out whether it still lives.
 */

/** Timers of a hidden page come once a second, those of a sleeping machine not at all. */
const TICK_MS = 2_000;
const SLEPT_MS = 8_000;

type Network = Pick<EventTarget, "addEventListener" | "removeEventListener">;

export class Surroundings {
  private pulse: ReturnType<typeof setInterval> | undefined;
  private last_ms = 0;

  constructor(private readonly changed: () => void) {}

  watch(): void {
    this.last_ms = Date.now();
    this.pulse = setInterval(() => this.tick(), TICK_MS);
    globalThis.addEventListener?.("online", this.changed);
    globalThis.addEventListener?.("pageshow", this.shown);
    globalThis.document?.addEventListener("visibilitychange", this.visible);
    network()?.addEventListener("change", this.changed);
  }

  leave(): void {
    clearInterval(this.pulse);
    globalThis.removeEventListener?.("online", this.changed);
    globalThis.removeEventListener?.("pageshow", this.shown);
    globalThis.document?.removeEventListener("visibilitychange", this.visible);
    network()?.removeEventListener("change", this.changed);
  }

  private readonly visible = (): void => {
    if (document.visibilityState === "visible") this.changed();
  };

  /** The browser had put the page away as a whole, and its connections with it. */
  private readonly shown = (event: Event): void => {
    if ((event as PageTransitionEvent).persisted) this.changed();
  };

  private tick(): void {
    const now_ms = Date.now();
    const slept = now_ms - this.last_ms > SLEPT_MS;
    this.last_ms = now_ms;
    if (slept) this.changed();
  }
}

/** Which network is used, in browsers that tell. */
function network(): Network | undefined {
  return (globalThis.navigator as (Navigator & { connection?: Network }) | undefined)?.connection;
}
