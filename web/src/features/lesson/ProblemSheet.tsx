import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Id, type ProblemRequest } from "../../api";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";
import { Failed } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";

const CATEGORIES: readonly ProblemRequest["category"][] = [
  "wrong",
  "harmful",
  "hearing",
  "sound",
  "picture",
  "other",
];
const MOST_CHARS = 2_000;

interface Props {
  lessonId: Id;
  /** The lesson under way; its connection's figures go along. */
  lesson?: Lesson | undefined;
  onClose: () => void;
}

type Facts = NonNullable<ProblemRequest["facts"]>;

/** What the page knows of the connection: figures and short words, nothing that was said. */
export function factsOf(lesson: Lesson | undefined): Facts {
  const facts: Facts = { browser_language: navigator.language, online: navigator.onLine };
  if (lesson === undefined) return facts;
  const measured = lesson.probe.quality.get();
  const sent = lesson.scene.delivery.get();
  Object.assign(facts, {
    status: lesson.status.get(),
    bars: measured?.bars ?? null,
    reason: measured?.reason ?? null,
    value: measured?.value ?? null,
    level: sent?.level ?? null,
    loss_out: sent?.loss_out ?? null,
    loss_in: sent?.loss_in ?? null,
    rtt_ms: sent?.rtt_ms ?? null,
    late_ms: sent?.late_ms ?? null,
    microphone: lesson.microphone.state.get(),
  });
  return facts;
}

export function ProblemSheet({ lessonId, lesson, onClose }: Props) {
  const { t } = useTranslation();
  const [category, setCategory] = useState<ProblemRequest["category"] | null>(null);
  const [content, setContent] = useState("");
  const [state, setState] = useState<"open" | "busy" | { id: string } | { error: unknown }>("open");
  const [facts] = useState(() => factsOf(lesson));

  async function send() {
    if (category === null) return;
    setState("busy");
    try {
      setState({ id: (await api.lessons.report(lessonId, { category, content, facts })).id });
    } catch (error) {
      setState({ error });
    }
  }

  const sent = typeof state === "object" && "id" in state ? state.id : null;
  return (
    <Sheet kind="card" label={t("learning.problem.open")} onClose={onClose}>
      <form
        className="lesson-sheet"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2>{t("learning.problem.title")}</h2>
        {sent === null ? (
          <>
            <fieldset className="problem-kinds">
              <legend className="hidden-text">{t("learning.problem.title")}</legend>
              {CATEGORIES.map((kind) => (
                <label key={kind} className="choice">
                  <input
                    type="radio"
                    name="problem"
                    required
                    checked={category === kind}
                    onChange={() => setCategory(kind)}
                  />
                  {t(`learning.problem.category.${kind}`)}
                </label>
              ))}
            </fieldset>
            <div className="field">
              <label htmlFor="problem-words">{t("learning.problem.words")}</label>
              <textarea
                id="problem-words"
                className="input"
                rows={3}
                maxLength={MOST_CHARS}
                value={content}
                onChange={(event) => setContent(event.target.value)}
              />
            </div>
            <p className="small">{t("learning.problem.sent")}</p>
            {typeof state === "object" && "error" in state && (
              <Failed error={state.error} again={() => void send()} />
            )}
            <div className="lesson-sheet-foot">
              <Button onClick={onClose}>{t("common.cancel")}</Button>
              <Button
                look="primary"
                type="submit"
                disabled={state === "busy" || category === null}
                data-testid="problem-send"
              >
                {t(state === "busy" ? "learning.problem.sending" : "learning.problem.send")}
              </Button>
            </div>
          </>
        ) : (
          <>
            <p role="status">{t("learning.problem.thanks", { id: sent })}</p>
            <div className="lesson-sheet-foot">
              <Button look="primary" onClick={onClose}>
                {t("learning.problem.close")}
              </Button>
            </div>
          </>
        )}
      </form>
    </Sheet>
  );
}
