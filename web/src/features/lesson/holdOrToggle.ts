/** A key that is on while it is held, or stays on after a short press until the next one. */

/** A press that is longer than this was a hold. */
const HOLD_MS = 400;

export class HoldOrToggle {
  private since_ms: number | null = null;

  constructor(
    private readonly isOn: () => boolean,
    private readonly turn: (on: boolean) => void,
    private readonly now: () => number = Date.now,
  ) {}

  press(): void {
    const off = !this.isOn();
    this.since_ms = off ? this.now() : null;
    this.turn(off);
  }

  lift(): void {
    if (this.since_ms !== null && this.now() - this.since_ms >= HOLD_MS) this.turn(false);
    this.since_ms = null;
  }

  /** Nobody can lift it any more: a held key is off, one that was left on stays on. */
  lose(): void {
    if (this.since_ms !== null) this.turn(false);
    this.since_ms = null;
  }
}
