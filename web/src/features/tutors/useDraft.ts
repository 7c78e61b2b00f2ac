import { useEffect, useState } from "react";
import { api, type TutorDraft } from "../../api";
import { useStore } from "../../ui/useStore";
import { DraftKeeper, type Kept } from "./draftKeeper";
import { sent } from "./LimitFields";

const PAUSE_MS = 800;

function keeperOf(draft: TutorDraft): DraftKeeper {
  return new DraftKeeper(draft, {
    save: (id, revision, content) => api.workshop.save(id, { revision, content: sent(content) }),
    load: (id) => api.workshop.one(id),
    shelf: localStorage,
    later: (act) => {
      const timer = setTimeout(act, PAUSE_MS);
      return () => clearTimeout(timer);
    },
  });
}

/** A draft that saves itself; what is unsaved survives a reload and is saved when the page is left. */
export function useDraft(draft: TutorDraft): [Kept, DraftKeeper] {
  const [keeper] = useState(() => keeperOf(draft));
  const kept = useStore(keeper.kept);

  useEffect(
    () => () => {
      void keeper.flush();
      keeper.close();
    },
    [keeper],
  );

  return [kept, keeper];
}
