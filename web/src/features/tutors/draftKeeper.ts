/**
 * Keeps a tutor's draft: saves it a moment after each change, one save at a time, and holds what is not saved yet
 * in this browser, so that a reload loses nothing. Knows no React and no network.
 */
import { ApiError, type TutorContent, type TutorDraft } from "../../api";
import { Store } from "../../realtime";

export type Saving =
  | { state: "saved" }
  | { state: "unsaved" }
  | { state: "saving" }
  | { state: "failed"; error: unknown }
  /** Somebody, or another tab, has saved meanwhile; `theirs` is what is stored. */
  | { state: "moved"; theirs: TutorDraft | null };

export interface Kept {
  draft: TutorDraft;
  content: TutorContent;
  saving: Saving;
}

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Tools {
  save: (id: string, revision: number, content: TutorContent) => Promise<TutorDraft>;
  load: (id: string) => Promise<TutorDraft>;
  shelf: Shelf;
  /** Calls back after a pause; returns what cancels it. */
  later: (act: () => void) => () => void;
}

interface Backup {
  revision: number;
  content: TutorContent;
}

const key = (id: string) => `tutor.draft.${id}`;

export class DraftKeeper {
  readonly kept: Store<Kept>;
  private cancel: (() => void) | null = null;
  private running: Promise<void> | null = null;

  constructor(
    draft: TutorDraft,
    private readonly tools: Tools,
  ) {
    this.kept = new Store<Kept>({ draft, content: draft.content, saving: { state: "saved" } });
    this.takeBackup(draft);
  }

  /** What differs from before; saved after a pause. */
  change(changes: Partial<TutorContent>): void {
    const kept = this.kept.get();
    const content = { ...kept.content, ...changes };
    this.backup(kept.draft, content);
    const moved = kept.saving.state === "moved";
    this.kept.set({ ...kept, content, saving: moved ? kept.saving : { state: "unsaved" } });
    if (!moved) this.soon();
  }

  /** Save now what is not saved; true when everything is. */
  async flush(): Promise<boolean> {
    this.cancel?.();
    this.cancel = null;
    await this.running;
    const { state } = this.kept.get().saving;
    if (state === "unsaved" || state === "failed") {
      this.running = this.saveNow();
      await this.running;
      this.running = null;
    }
    return this.kept.get().saving.state === "saved";
  }

  /** The draft as the server has it after a step that was not a save. */
  replace(draft: TutorDraft): void {
    this.tools.shelf.removeItem(key(draft.id));
    this.kept.set({ draft, content: draft.content, saving: { state: "saved" } });
  }

  /** Somebody saved meanwhile: keep what is written here, on top of theirs. */
  async keepMine(): Promise<void> {
    const kept = this.kept.get();
    const theirs = await this.tools.load(kept.draft.id);
    this.kept.set({ draft: theirs, content: kept.content, saving: { state: "unsaved" } });
    await this.flush();
  }

  /** Somebody saved meanwhile: go on with theirs. */
  async takeTheirs(): Promise<void> {
    this.replace(await this.tools.load(this.kept.get().draft.id));
  }

  /** Nothing is saved from here on; what is unsaved stays in this browser. */
  close(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private soon(): void {
    this.cancel?.();
    this.cancel = this.tools.later(() => void this.flush());
  }

  private async saveNow(): Promise<void> {
    const { draft, content } = this.kept.get();
    this.kept.set({ ...this.kept.get(), saving: { state: "saving" } });
    try {
      const saved = await this.tools.save(draft.id, draft.revision, content);
      const now = this.kept.get();
      if (now.content === content) {
        this.tools.shelf.removeItem(key(draft.id));
        // What is typed stays as it is typed, although the server trims it.
        this.kept.set({ draft: saved, content, saving: { state: "saved" } });
      } else {
        this.backup(saved, now.content);
        this.kept.set({ draft: saved, content: now.content, saving: { state: "unsaved" } });
        this.soon();
      }
    } catch (error) {
      const moved = error instanceof ApiError && error.code === "draft_moved";
      const saving: Saving = moved ? await this.whatMoved() : { state: "failed", error };
      this.kept.set({ ...this.kept.get(), saving });
    }
  }

  private async whatMoved(): Promise<Saving> {
    try {
      return { state: "moved", theirs: await this.tools.load(this.kept.get().draft.id) };
    } catch {
      return { state: "moved", theirs: null };
    }
  }

  private backup(draft: TutorDraft, content: TutorContent): void {
    const backup: Backup = { revision: draft.revision, content };
    this.tools.shelf.setItem(key(draft.id), JSON.stringify(backup));
  }

  /** What a closed or reloaded page had not saved comes back. */
  private takeBackup(draft: TutorDraft): void {
    const raw = this.tools.shelf.getItem(key(draft.id));
    if (raw === null) return;
    const backup = read(raw);
    if (backup === null || same(backup.content, draft.content)) {
      this.tools.shelf.removeItem(key(draft.id));
      return;
    }
    const content = { ...draft.content, ...backup.content };
    const saving: Saving =
      backup.revision === draft.revision ? { state: "unsaved" } : { state: "moved", theirs: draft };
    this.kept.set({ draft, content, saving });
    if (saving.state === "unsaved") this.soon();
  }
}

function read(raw: string): Backup | null {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value !== "object" || value === null || !("content" in value)) return null;
    return value as Backup;
  } catch {
    return null;
  }
}

const same = (one: TutorContent, other: TutorContent): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

/** The fields in which two contents differ. */
export function differing(one: TutorContent, other: TutorContent): (keyof TutorContent)[] {
  const fields = Object.keys(one) as (keyof TutorContent)[];
  return fields.filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]));
}
