import { Notice } from "../../ui/Notice";
import { useErrorText } from "../../ui/useErrorText";
import type { Progress } from "./useAction";

/** What came of a press of a button: a sentence, or nothing yet. */
export function Outcome({ progress, done }: { progress: Progress; done: string }) {
  const explain = useErrorText();
  if (progress.state === "failed") return <Notice>{explain(progress.error).text}</Notice>;
  return (
    <p className="outcome" role="status" data-testid="outcome">
      {progress.state === "done" ? done : ""}
    </p>
  );
}
