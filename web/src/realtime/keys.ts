/**
 * What the tutor has been told of the keys to talk and to think. What could not be told, because the way to the
 * tutor was broken, counts as not told.
 */
import type { Key } from "../protocol";

/** Tells the tutor; false when that was not possible. */
export type TellKey = (key: Key, held: boolean) => boolean;

export class HeldKeys {
  private readonly told = new Set<Key>();

  constructor(private readonly tell: TellKey) {}

  /** Tell how the key is now, unless the tutor knows. */
  set(key: Key, held: boolean): void {
    if (this.told.has(key) === held || !this.tell(key, held)) return;
    if (held) this.told.add(key);
    else this.told.delete(key);
  }

  /** Another engine session: it knows of no key. */
  forget(): void {
    this.told.clear();
  }
}
