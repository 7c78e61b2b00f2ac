import { useCallback, useRef, useState } from "react";
import { useErrorText } from "../../ui/useErrorText";

export interface Doing {
  /** Something is under way; a second click would do it twice. */
  busy: boolean;
  /** Why the last attempt failed, as a sentence. */
  problem: string | null;
  /** Do something, once at a time; brings nothing when it failed or something is under way. */
  run: <T>(work: () => Promise<T>) => Promise<T | undefined>;
}

/** One thing a person does on a page: under way, failed with a sentence, or done. */
export function useDoing(): Doing {
  const errorText = useErrorText();
  const under = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = useCallback(
    async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      if (under.current) return undefined;
      under.current = true;
      setBusy(true);
      setProblem(null);
      try {
        return await work();
      } catch (error) {
        setProblem(errorText(error).text);
        return undefined;
      } finally {
        under.current = false;
        setBusy(false);
      }
    },
    [errorText],
  );
  return { busy, problem, run };
}
