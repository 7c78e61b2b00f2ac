import { describe, expect, it, vi } from "vitest";
import { ApiError, type TutorContent, type TutorDraft } from "../../api";
import { DraftKeeper, differing } from "./draftKeeper";

const CONTENT: TutorContent = {
  name: "Grace",
  language: "en",
  subject: "",
  summary: "",
  persona: "",
  greeting: "",
  voice: "ada",
  avatar_id: "ada",
  llm_model: null,
  mode: "explain",
  pace: 1,
  push_to_talk: false,
  minutes_per_lesson: null,
  topics_allowed: [],
  topics_declined: [],
  age_band: null,
  library_ids: [],
};

const draftOf = (revision: number, changes: Partial<TutorContent> = {}) =>
  ({ id: "t1", revision, content: { ...CONTENT, ...changes } }) as TutorDraft;

const MOVED = new ApiError(409, "draft_moved", "", null, null);

function bench(first = draftOf(1), kept: Record<string, string> = {}) {
  const shelf = new Map(Object.entries(kept));
  const waiting: (() => void)[] = [];
  const save = vi.fn(async (_: string, revision: number, content: TutorContent) =>
    draftOf(revision + 1, content),
  );
  const load = vi.fn(async () => draftOf(9, { subject: "Theirs" }));
  const keeper = new DraftKeeper(first, {
    save,
    load,
    shelf: {
      getItem: (key) => shelf.get(key) ?? null,
      setItem: (key, value) => void shelf.set(key, value),
      removeItem: (key) => void shelf.delete(key),
    },
    later: (act) => {
      waiting.push(act);
      return () => void waiting.splice(waiting.indexOf(act), 1);
    },
  });
  const state = () => keeper.kept.get().saving.state;
  return { keeper, save, load, shelf, waiting, state };
}

describe("a draft", () => {
  it("is saved once, a moment after the last of several changes", async () => {
    const { keeper, save, waiting, state, shelf } = bench();
    keeper.change({ subject: "C" });
    keeper.change({ subject: "Co" });
    expect([state(), waiting.length, shelf.size]).toEqual(["unsaved", 1, 1]);
    await keeper.flush();
    expect(save).toHaveBeenCalledExactlyOnceWith("t1", 1, { ...CONTENT, subject: "Co" });
    expect([state(), keeper.kept.get().draft.revision, shelf.size]).toEqual(["saved", 2, 0]);
  });

  it("is saved again when something was typed meanwhile, on the new revision", async () => {
    const { keeper, save, state } = bench();
    save.mockImplementationOnce(async (_, revision, content) => {
      keeper.change({ subject: "typed meanwhile" });
      return draftOf(revision + 1, content);
    });
    keeper.change({ name: "Hopper" });
    await keeper.flush();
    expect(state()).toBe("unsaved");
    await keeper.flush();
    expect(save.mock.calls[1]?.[1]).toBe(2);
    expect(keeper.kept.get().content).toMatchObject({ name: "Hopper", subject: "typed meanwhile" });
    expect(state()).toBe("saved");
  });

  it("stays in the browser while the server cannot be reached, and is saved later", async () => {
    const { keeper, save, shelf, state } = bench();
    save.mockRejectedValueOnce(new ApiError(0, "offline", "", null, null));
    keeper.change({ subject: "Kept" });
    expect(await keeper.flush()).toBe(false);
    expect([state(), shelf.size]).toEqual(["failed", 1]);
    expect(await keeper.flush()).toBe(true);
    expect(shelf.size).toBe(0);
  });

  it("comes back after a reload and is saved", async () => {
    const kept = JSON.stringify({ revision: 1, content: { ...CONTENT, subject: "Lost?" } });
    const { keeper, save, state } = bench(draftOf(1), { "tutor.draft.t1": kept });
    expect([state(), keeper.kept.get().content.subject]).toEqual(["unsaved", "Lost?"]);
    await keeper.flush();
    expect(save).toHaveBeenCalledOnce();
  });

  it("forgets what a reload finds saved already, or cannot read", () => {
    for (const raw of [JSON.stringify({ revision: 1, content: CONTENT }), "{", "null", "[]"]) {
      const { state, shelf } = bench(draftOf(1), { "tutor.draft.t1": raw });
      expect([state(), shelf.size]).toEqual(["saved", 0]);
    }
  });

  it("that somebody else saved meanwhile is told, and nothing is saved over it", async () => {
    const { keeper, save, state, waiting } = bench();
    save.mockRejectedValueOnce(MOVED);
    keeper.change({ subject: "Mine" });
    expect(await keeper.flush()).toBe(false);
    expect(state()).toBe("moved");
    keeper.change({ subject: "Mine still" });
    expect([state(), waiting.length]).toEqual(["moved", 0]);
    await keeper.keepMine();
    expect(save.mock.lastCall?.slice(1)).toEqual([9, { ...CONTENT, subject: "Mine still" }]);
    expect(state()).toBe("saved");
  });

  it("can be given up for the other one", async () => {
    const { keeper, save, state, shelf } = bench();
    save.mockRejectedValueOnce(MOVED);
    keeper.change({ subject: "Mine" });
    await keeper.flush();
    await keeper.takeTheirs();
    expect([state(), keeper.kept.get().content.subject, shelf.size]).toEqual([
      "saved",
      "Theirs",
      0,
    ]);
  });

  it("of a reload after somebody else saved is a conflict too", () => {
    const kept = JSON.stringify({ revision: 1, content: { ...CONTENT, subject: "Mine" } });
    const { state } = bench(draftOf(4, { subject: "Theirs" }), { "tutor.draft.t1": kept });
    expect(state()).toBe("moved");
  });

  it("tells in which fields it differs", () => {
    const other = { ...CONTENT, pace: 2, topics_allowed: ["Stars"] };
    expect(differing(CONTENT, other)).toEqual(["pace", "topics_allowed"]);
  });
});
