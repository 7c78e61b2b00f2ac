import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type PolicyView } from "../../api";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";

const KINDS = ["recorded", "typed", "none"] as const;

const load = () => api.faces.policy();

/** How the school wants consent to be given; for administrators. */
export function PolicyCard() {
  const { t } = useTranslation();
  const [policy, again] = useResource(load);
  return (
    <section className="card policy" aria-labelledby="policy">
      <h2 id="policy">{t("studio.policy.title")}</h2>
      <Loaded resource={policy} again={again}>
        {(found) => <Choice first={found} />}
      </Loaded>
    </section>
  );
}

function Choice({ first }: { first: PolicyView }) {
  const { t } = useTranslation();
  const [policy, setPolicy] = useState(first);
  const [failed, setFailed] = useState<unknown>(null);

  async function choose(wanted: PolicyView) {
    const before = policy;
    setPolicy(wanted);
    setFailed(null);
    try {
      await api.faces.setPolicy(wanted);
    } catch (error) {
      setPolicy(before);
      setFailed(error);
    }
  }

  return (
    <>
      <fieldset className="policy-choices">
        <legend className="soft">{t("studio.policy.lead")}</legend>
        {KINDS.map((kind) => (
          <label key={kind} className="choice">
            <input
              type="radio"
              name="consent"
              checked={policy.consent === kind}
              onChange={() => void choose({ ...policy, consent: kind })}
            />
            {t(`studio.policy.${kind}`)}
          </label>
        ))}
      </fieldset>
      <label className="choice">
        <input
          type="checkbox"
          checked={policy.approval}
          onChange={() => void choose({ ...policy, approval: !policy.approval })}
        />
        {t("studio.policy.approval")}
      </label>
      {failed !== null && <Failed error={failed} again={() => setFailed(null)} />}
    </>
  );
}
