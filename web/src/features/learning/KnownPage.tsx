import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type LearningView } from "../../api";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import type { Change } from "./act";
import { Concepts } from "./Concepts";
import { Facts } from "./Facts";
import "./learning.css";

const load = () => api.learning.everything();

/** Everything that is known of the student: to look at, to take along, to delete. */
export default function KnownPage() {
  const { t } = useTranslation();
  const [known, again] = useResource(load);
  useTitle(t("learning.known.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("learning.known.title")}</h1>
        <p>{t("learning.known.lead")}</p>
      </div>
      <Loaded resource={known} again={again}>
        {(found) => <Known first={found} />}
      </Loaded>
    </>
  );
}

function Known({ first }: { first: LearningView }) {
  const { t } = useTranslation();
  const [known, setKnown] = useState(first);
  const [failed, setFailed] = useState<unknown>(null);
  const [erasing, setErasing] = useState(false);

  /** Act, then show what is known now. */
  async function act(change: Change) {
    setFailed(null);
    try {
      await change();
      setKnown(await load());
    } catch (error) {
      setFailed(error);
    }
  }

  return (
    <div className="known" data-testid="known">
      {failed !== null && <Failed error={failed} again={() => void act(load)} />}
      <Facts known={known} act={act} />
      <Concepts concepts={known.concepts} act={act} />
      <section className="known-part" aria-label={t("learning.known.memory")}>
        <label className="choice">
          <input
            type="checkbox"
            checked={known.remember}
            onChange={(event) => {
              const remember = event.target.checked;
              void act(() => api.learning.choose({ remember }));
            }}
            data-testid="remember"
          />
          {t("learning.known.memory")}
        </label>
        <p className="small">{t("learning.known.memoryWhy")}</p>
        <div className="known-buttons">
          <a className="button button-quiet" href={api.learningFile} download>
            {t("learning.known.take")}
          </a>
          <Button onClick={() => setErasing(true)} data-testid="erase-all">
            {t("learning.known.eraseAll")}
          </Button>
        </div>
      </section>
      {erasing && (
        <Sheet kind="card" label={t("learning.known.eraseTitle")} onClose={() => setErasing(false)}>
          <div className="known-sheet">
            <h2>{t("learning.known.eraseTitle")}</h2>
            <p>{t("learning.known.eraseSure")}</p>
            <div className="known-buttons">
              <Button onClick={() => setErasing(false)}>{t("common.cancel")}</Button>
              <Button
                look="primary"
                onClick={() => {
                  setErasing(false);
                  void act(() => api.learning.erase());
                }}
                data-testid="erase-sure"
              >
                {t("learning.known.erase")}
              </Button>
            </div>
          </div>
        </Sheet>
      )}
    </div>
  );
}
