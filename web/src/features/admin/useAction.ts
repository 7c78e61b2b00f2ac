import { useState } from "react";

export type Progress = { state: "idle" | "busy" | "done" } | { state: "failed"; error: unknown };

/** Something that a press of a button does: once at a time, and what came of it. */
export function useAction(): [Progress, (act: () => Promise<unknown>) => Promise<boolean>] {
  const [progress, setProgress] = useState<Progress>({ state: "idle" });
  async function run(act: () => Promise<unknown>): Promise<boolean> {
    if (progress.state === "busy") return false;
    setProgress({ state: "busy" });
    try {
      await act();
      setProgress({ state: "done" });
      return true;
    } catch (error) {
      setProgress({ state: "failed", error });
      return false;
    }
  }
  return [progress, run];
}
