/** One observable fact. Readers get the same object until it really changes. */
export class Store<T> {
  private readonly readers = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => {
      this.readers.delete(reader);
    };
  };

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const reader of [...this.readers]) reader();
  }

  update(change: (value: T) => T): void {
    this.set(change(this.value));
  }
}
