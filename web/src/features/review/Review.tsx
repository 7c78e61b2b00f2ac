import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type FlagBrief } from "../../api";
import { Button } from "../../ui/Button";
import { Failed, Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { FlagCard } from "./FlagCard";
import "../classes/classes.css";
import "./review.css";

type Status = FlagBrief["status"];
type Reason = FlagBrief["reason"];

const STATUSES: readonly Status[] = ["open", "seen", "solved"];
const REASONS: readonly Reason[] = ["wrong_answer", "report", "not_in_library", "uncited", "alert"];
const PAGE = 30;
const myClasses = async () => (await api.classes.every()).classes;

/** The inbox of flagged turns. */
export default function Review() {
  const { t } = useTranslation();
  const [status, setStatus] = useState<Status>("open");
  const [reason, setReason] = useState<Reason | "">("");
  const [classId, setClassId] = useState("");
  const [classes] = useResource(myClasses);
  useTitle(t("classes.review.title"));
  return (
    <>
      <div className="page-head">
        <h1>{t("classes.review.title")}</h1>
        <p>{t("classes.review.lead")}</p>
      </div>
      <div className="filters">
        <fieldset className="segments">
          <legend className="hidden-text">{t("classes.review.statusLabel")}</legend>
          {STATUSES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === status}
              onClick={() => setStatus(each)}
            >
              {t(`classes.review.status.${each}`)}
            </button>
          ))}
        </fieldset>
        <label className="filter">
          <span className="hidden-text">{t("classes.review.reasonLabel")}</span>
          <select
            className="input"
            value={reason}
            onChange={(event) => setReason(event.target.value as Reason | "")}
          >
            <option value="">{t("classes.review.all")}</option>
            {REASONS.map((each) => (
              <option key={each} value={each}>
                {t(`classes.review.reasons.${each}`)}
              </option>
            ))}
          </select>
        </label>
        {classes.state === "ready" && classes.value.length > 1 && (
          <label className="filter">
            <span className="hidden-text">{t("classes.review.classLabel")}</span>
            <select
              className="input"
              value={classId}
              onChange={(event) => setClassId(event.target.value)}
            >
              <option value="">{t("classes.review.allClasses")}</option>
              {classes.value.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <Flags
        key={`${status} ${reason} ${classId}`}
        status={status}
        reason={reason}
        classId={classId}
      />
    </>
  );
}

function Flags(wanted: { status: Status; reason: Reason | ""; classId: string }) {
  const { t } = useTranslation();
  const { status, reason, classId } = wanted;
  const page = useCallback(
    async (before?: string) =>
      (
        await api.review.every({
          status,
          reason: reason === "" ? null : reason,
          class_id: classId === "" ? null : classId,
          before,
          limit: PAGE,
        })
      ).flags,
    [status, reason, classId],
  );
  const first = useCallback(() => page(), [page]);
  const [flags, again] = useResource(first);
  return (
    <Loaded resource={flags} again={again}>
      {(found) =>
        found.length === 0 ? (
          <div className="empty">
            <h2>
              {t(status === "open" ? "classes.review.emptyTitle" : "classes.review.emptyOther")}
            </h2>
            <p>{t("classes.review.empty")}</p>
            {status === "open" && (
              <Link className="button button-quiet" to="/insights">
                {t("classes.review.step")}
              </Link>
            )}
          </div>
        ) : (
          <List first={found} page={page} />
        )
      }
    </Loaded>
  );
}

interface ListProps {
  first: readonly FlagBrief[];
  page(before: string): Promise<readonly FlagBrief[]>;
}

function List({ first, page }: ListProps) {
  const { t } = useTranslation();
  const [flags, setFlags] = useState(first);
  const [more, setMore] = useState<"yes" | "asked" | "no" | { error: unknown }>(
    first.length < PAGE ? "no" : "yes",
  );
  const last = flags.at(-1)?.id;

  async function load() {
    if (last === undefined) return;
    setMore("asked");
    try {
      const next = await page(last);
      setFlags((before) => [...before, ...next]);
      setMore(next.length < PAGE ? "no" : "yes");
    } catch (error) {
      setMore({ error });
    }
  }

  const changed = useCallback((flag: FlagBrief) => {
    setFlags((before) => before.map((known) => (known.id === flag.id ? flag : known)));
  }, []);

  return (
    <>
      <ul className="flags" data-testid="flags">
        {flags.map((flag) => (
          <li key={flag.id}>
            <FlagCard flag={flag} onChange={changed} />
          </li>
        ))}
      </ul>
      {typeof more === "object" && <Failed error={more.error} again={() => void load()} />}
      {(more === "yes" || more === "asked") && (
        <Button disabled={more === "asked"} onClick={() => void load()}>
          {t("classes.review.more")}
        </Button>
      )}
    </>
  );
}
