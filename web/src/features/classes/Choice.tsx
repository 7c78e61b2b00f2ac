import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";

interface Named {
  id: string;
  name: string;
}

interface Props {
  title: string;
  lead?: string;
  empty?: string;
  load(): Promise<readonly Named[]>;
  chosen: readonly Named[];
  atLeastOne?: boolean;
  save(ids: string[]): Promise<void>;
}

/** Some of several, by ticking; saved when the person says so. */
export function Choice({ title, lead, empty, load, chosen, atLeastOne, save }: Props) {
  const { t } = useTranslation();
  const [all, again] = useResource(load);
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set(chosen.map(({ id }) => id)));
  const [busy, setBusy] = useState(false);
  const before = new Set(chosen.map(({ id }) => id));
  const changed = ids.size !== before.size || [...ids].some((id) => !before.has(id));

  function toggle(id: string) {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setIds(next);
  }

  return (
    <section className="panel">
      <h2>{title}</h2>
      {lead && <p className="soft small">{lead}</p>}
      <Loaded resource={all} again={again}>
        {(found) => (
          <fieldset className="ticks">
            <legend className="hidden-text">{title}</legend>
            {withChosen(found, chosen).map((each) => (
              <label key={each.id} className="tick">
                <input
                  type="checkbox"
                  checked={ids.has(each.id)}
                  onChange={() => toggle(each.id)}
                />
                {each.name}
              </label>
            ))}
            {found.length === 0 && chosen.length === 0 && <p className="soft">{empty}</p>}
          </fieldset>
        )}
      </Loaded>
      {changed && (
        <Button
          look="primary"
          disabled={busy || (atLeastOne && ids.size === 0)}
          onClick={() => {
            setBusy(true);
            void save([...ids]).finally(() => setBusy(false));
          }}
        >
          {t("classes.page.saveChoice")}
        </Button>
      )}
    </section>
  );
}

/** What is chosen can always be given up, also when it can no longer be chosen. */
function withChosen(found: readonly Named[], chosen: readonly Named[]): readonly Named[] {
  const known = new Set(found.map(({ id }) => id));
  return [...found, ...chosen.filter(({ id }) => !known.has(id))];
}
