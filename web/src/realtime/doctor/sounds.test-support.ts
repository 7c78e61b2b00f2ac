/** Sounds without a sound card: levels as given, and a count of what is still open. */
import type { Ear, Sounds } from "./ears";

export class QuietSounds implements Sounds {
  ears = 0;
  chimes = 0;
  closed = false;
  audible = true;
  private next = 0;

  constructor(private readonly levels: readonly number[]) {}

  ready(): Promise<boolean> {
    return Promise.resolve(this.audible);
  }

  listen(): Ear {
    this.ears += 1;
    return {
      level: () => this.levels[this.next++] ?? 0,
      close: () => {
        this.ears -= 1;
      },
    };
  }

  chime(): Promise<void> {
    this.chimes += 1;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}
