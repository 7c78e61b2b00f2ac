/** Files on their way into a library: two at a time, the others wait. Knows no React and no network. */
import { ApiError } from "../../api";
import { Store } from "../../realtime";
import type { Upload } from "./upload";

export type FileState = "waiting" | "sending" | "done" | "failed";

export interface Sending {
  id: number;
  file: File;
  state: FileState;
  /** Part that has been sent, 0 to 1. */
  share: number;
  error: unknown;
}

export type Send = (file: File, onProgress: (share: number) => void) => Upload;

const AT_ONCE = 2;

export class UploadQueue {
  readonly files = new Store<readonly Sending[]>([]);
  private readonly running = new Map<number, Upload>();
  private next = 1;

  constructor(
    private readonly send: Send,
    private readonly onArrived: () => void,
  ) {}

  add(files: Iterable<File>): void {
    const fresh = [...files].map(
      (file): Sending => ({ id: this.next++, file, state: "waiting", share: 0, error: null }),
    );
    this.files.update((known) => [...known.filter(({ state }) => state !== "done"), ...fresh]);
    this.go();
  }

  again(id: number): void {
    this.change(id, { state: "waiting", share: 0, error: null });
    this.go();
  }

  /** Stop one, or take a failed one off the list. */
  remove(id: number): void {
    this.running.get(id)?.cancel();
    this.running.delete(id);
    this.files.update((known) => known.filter((one) => one.id !== id));
    this.go();
  }

  close(): void {
    for (const upload of this.running.values()) upload.cancel();
    this.running.clear();
  }

  private go(): void {
    for (const one of this.files.get()) {
      if (this.running.size >= AT_ONCE) return;
      if (one.state === "waiting") this.begin(one);
    }
  }

  private begin({ id, file }: Sending): void {
    const upload = this.send(file, (share) => this.change(id, { share }));
    this.running.set(id, upload);
    this.change(id, { state: "sending" });
    upload.done
      .then(
        () => {
          this.change(id, { state: "done", share: 1 });
          this.onArrived();
        },
        (error: unknown) => {
          const stopped = error instanceof ApiError && error.code === "cancelled";
          if (!stopped) this.change(id, { state: "failed", error });
        },
      )
      .finally(() => {
        this.running.delete(id);
        this.go();
      });
  }

  private change(id: number, changes: Partial<Sending>): void {
    this.files.update((known) =>
      known.map((one) => (one.id === id ? { ...one, ...changes } : one)),
    );
  }
}
