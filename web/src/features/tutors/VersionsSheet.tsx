import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, type FieldChange, type TutorDraft } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { useFieldName } from "./fields";
import type { useSteps } from "./useSteps";

interface Props {
  draft: TutorDraft;
  steps: ReturnType<typeof useSteps>;
  onClose: () => void;
}

const MAX_SHOWN = 160;

/** What was published before, with what changed each time, and the way back to it. */
export function VersionsSheet({ draft, steps, onClose }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const load = useCallback(
    async () => (await api.workshop.versions(draft.id)).versions,
    [draft.id],
  );
  const [versions, again] = useResource(load);

  async function restore(number: number) {
    const done = await steps.run("step", ({ id, revision }) =>
      api.workshop.restore(id, String(number), { revision }),
    );
    if (done) onClose();
  }

  return (
    <Sheet kind="card" label={t("tutors.versions.title")} onClose={onClose}>
      <div className="sheet-body">
        <h2>{t("tutors.versions.title")}</h2>
        <Loaded resource={versions} again={again}>
          {(found) => (
            <ol className="versions" data-testid="version-list">
              {found.map((version) => (
                <li key={version.number} className="version">
                  <div className="version-head">
                    <strong>{t("tutors.versions.number", { number: version.number })}</strong>
                    <span className="soft small">
                      {[version.author, day(version.created_at)].filter(Boolean).join(" · ")}
                    </span>
                  </div>
                  <ul className="changes">
                    {version.changes.map((change) => (
                      <Change key={change.field} change={change} />
                    ))}
                  </ul>
                  {version.current ? (
                    <p className="soft small">{t("tutors.versions.current")}</p>
                  ) : (
                    <Button
                      disabled={steps.busy !== null}
                      onClick={() => void restore(version.number)}
                    >
                      {t("tutors.versions.restore")}
                    </Button>
                  )}
                </li>
              ))}
            </ol>
          )}
        </Loaded>
        <div className="sheet-foot">
          <Button onClick={onClose}>{t("tutors.close")}</Button>
        </div>
      </div>
    </Sheet>
  );
}

function Change({ change }: { change: FieldChange }) {
  const { t } = useTranslation();
  const fieldName = useFieldName();
  return (
    <li>
      <span className="change-field">{fieldName(change.field)}</span>
      <del>
        <span className="hidden-text">{t("tutors.versions.before")} </span>
        {shown(change.before)}
      </del>
      <ins>
        <span className="hidden-text">{t("tutors.versions.after")} </span>
        {shown(change.after)}
      </ins>
    </li>
  );
}

/** A value that came as JSON, as somebody reads it. */
function shown(json: string): string {
  const value: unknown = JSON.parse(json);
  const text = Array.isArray(value)
    ? value.join(", ")
    : value === null || value === ""
      ? "–"
      : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text;
}
