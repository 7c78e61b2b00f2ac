import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { useFormats } from "../../ui/useFormats";
import { useResource } from "../../ui/useResource";
import { addresses } from "../classes/addresses";
import type { Wish } from "./wish";

interface Props {
  topic: { name: string; answered: boolean };
  wish: Wish;
  onClose: () => void;
}

/** The questions behind a bar. */
export function Questions({ topic, wish, onClose }: Props) {
  const { t } = useTranslation();
  const { day } = useFormats();
  const load = useCallback(
    async () =>
      (await api.analytics.turns({ ...wish, topic: topic.name, answered: topic.answered })).turns,
    [wish, topic],
  );
  const [turns, again] = useResource(load);
  const title = t("classes.analytics.turnsOf", { topic: topic.name });
  return (
    <Sheet kind="sheet" label={title} onClose={onClose}>
      <div className="questions">
        <header className="figure-head">
          <h2>{title}</h2>
          <Button look="plain" icon="close" iconOnly onClick={onClose}>
            {t("classes.analytics.close")}
          </Button>
        </header>
        <Loaded resource={turns} again={again}>
          {(found) =>
            found.length === 0 ? (
              <p className="soft">{t("classes.analytics.nothing")}</p>
            ) : (
              <ul className="rows">
                {found.map((turn) => (
                  <li key={turn.turn_id} className="asked">
                    <p>
                      <Link to={addresses.conversation(turn.lesson_id)}>{turn.question}</Link>
                    </p>
                    <p className="soft small">{turn.answer}</p>
                    <p className="soft small">
                      {[turn.student?.name ?? t("classes.review.student"), day(turn.asked_at)].join(
                        " · ",
                      )}
                    </p>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Sheet>
  );
}
