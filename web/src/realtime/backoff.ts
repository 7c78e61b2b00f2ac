/** When to try again: at once, then slower and slower, never in step with other browsers. */

/** Milliseconds before attempt 1, 2, …; the last one repeats. Squares of 0.55 s, capped where patience ends. */
export const DELAYS_MS = [0, 300, 1_200, 2_700, 4_800, 7_000] as const;

const JITTER_MS = 1_000;

export class Backoff {
  private attempts = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** Milliseconds to wait before the next attempt. The first two are not jittered: most breaks are blinks. */
  next(): number {
    const index = Math.min(this.attempts, DELAYS_MS.length - 1);
    this.attempts += 1;
    const delay = DELAYS_MS[index] ?? 0;
    return index < 2 ? delay : delay + this.random() * JITTER_MS;
  }

  get tried(): number {
    return this.attempts;
  }

  reset(): void {
    this.attempts = 0;
  }
}
