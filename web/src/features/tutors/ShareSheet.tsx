import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type TutorDraft } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useResource } from "../../ui/useResource";
import type { useSteps } from "./useSteps";

interface Props {
  draft: TutorDraft;
  steps: ReturnType<typeof useSteps>;
  onClose: () => void;
}

const load = async () => (await api.workshop.colleagues()).colleagues;

/** Which colleagues may change a tutor too. */
export function ShareSheet({ draft, steps, onClose }: Props) {
  const { t } = useTranslation();
  const [colleagues, again] = useResource(load);
  const [chosen, setChosen] = useState(() => draft.teachers.map(({ id }) => id));

  async function keep() {
    const done = await steps.run("step", ({ id }) =>
      api.workshop.share(id, { teacher_ids: chosen }),
    );
    if (done) onClose();
  }

  return (
    <Sheet kind="card" label={t("tutors.share.title")} onClose={onClose}>
      <div className="sheet-body">
        <h2>{t("tutors.share.title")}</h2>
        <p className="soft">
          {draft.owner === ""
            ? t("tutors.share.school")
            : t("tutors.share.owner", { name: draft.owner })}
        </p>
        <Loaded resource={colleagues} again={again}>
          {(found) =>
            found.length === 0 ? (
              <p className="soft">{t("tutors.share.nobody")}</p>
            ) : (
              <ul>
                {found.map(({ id, name }) => (
                  <li key={id}>
                    <label className="choice">
                      <input
                        type="checkbox"
                        checked={chosen.includes(id)}
                        onChange={(event) =>
                          setChosen(
                            event.target.checked
                              ? [...chosen, id]
                              : chosen.filter((one) => one !== id),
                          )
                        }
                      />
                      {name}
                    </label>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <div className="sheet-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" disabled={steps.busy !== null} onClick={() => void keep()}>
            {t("tutors.share.keep")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
