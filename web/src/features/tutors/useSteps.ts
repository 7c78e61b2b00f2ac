import { useCallback, useState } from "react";
import { useNavigate } from "react-router";
import { api, type TutorDraft } from "../../api";
import { paths } from "../../routes/paths";
import type { DraftKeeper } from "./draftKeeper";

type Busy = "try" | "publish" | "step";

/** Steps that need a saved draft: try it, publish it, and the others. One at a time, however often it is pressed. */
export function useSteps(keeper: DraftKeeper) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState<Busy | null>(null);
  const [failed, setFailed] = useState<unknown>(null);

  const run = useCallback(
    async (name: Busy, act: (draft: TutorDraft) => Promise<TutorDraft | undefined>) => {
      setBusy(name);
      setFailed(null);
      try {
        if (!(await keeper.flush())) return false;
        const after = await act(keeper.kept.get().draft);
        if (after) keeper.replace(after);
        return true;
      } catch (error) {
        setFailed(error);
        return false;
      } finally {
        setBusy(null);
      }
    },
    [keeper],
  );

  const tryIt = () =>
    run("try", async ({ id }) => {
      const { lesson_id } = await api.workshop.tryDraft(id);
      void navigate(paths.lesson(lesson_id));
      return undefined;
    });

  const publish = () =>
    run("publish", ({ id, revision }) => api.workshop.publish(id, { revision }));

  return { busy, failed, run, tryIt, publish, forgive: () => setFailed(null) };
}
