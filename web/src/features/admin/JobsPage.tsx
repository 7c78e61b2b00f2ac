import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type JobView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { AdminPage } from "./AdminPage";
import { useAmounts } from "./amounts";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

const STATES = ["waiting", "running", "dead", "done"] as const;
type State = (typeof STATES)[number];

/** Work that goes on by itself: what waits, what runs, and what has failed for good. */
export default function JobsPage() {
  const { t } = useTranslation();
  const [state, setState] = useState<State | null>(null);
  const load = useCallback(() => api.jobs.every({ state }), [state]);
  const [jobs, again] = useResource(load);
  return (
    <AdminPage title={t("admin.jobs.title")} lead={t("admin.jobs.lead")}>
      <div className="row-actions">
        {[null, ...STATES].map((choice) => (
          <Button
            key={choice ?? "all"}
            aria-pressed={state === choice}
            onClick={() => setState(choice)}
          >
            {t(choice === null ? "admin.jobs.all" : `admin.jobs.states.${choice}`)}
          </Button>
        ))}
        <Button onClick={again}>{t("admin.refresh")}</Button>
      </div>
      <Loaded resource={jobs} again={again}>
        {({ jobs: found }) =>
          found.length === 0 ? (
            <p className="empty">{t("admin.jobs.none")}</p>
          ) : (
            <ul className="records" data-testid="jobs">
              {found.map((job) => (
                <li key={job.id} data-state={job.state}>
                  <Job job={job} again={again} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </AdminPage>
  );
}

function Job({ job, again }: { job: JobView; again: () => void }) {
  const { t } = useTranslation();
  const { moment } = useAmounts();
  const [progress, run] = useAction();
  const retry = () => void run(() => api.jobs.again(job.id)).then((done) => done && again());
  return (
    <>
      <span className="record-words">
        <strong className="code-name">{job.name}</strong>
        <span className="small quiet">
          {moment(job.created_at)} · {t("admin.jobs.attempts", { count: job.attempts })}
          {job.error && ` · ${job.error}`}
        </span>
      </span>
      <span className="record-end">
        <span className="state-word" data-state={job.state}>
          {t(`admin.jobs.states.${job.state}`)}
        </span>
        {job.state === "dead" && (
          <Button disabled={progress.state === "busy"} onClick={retry} data-testid="again">
            {t("common.tryAgain")}
          </Button>
        )}
        <Outcome progress={progress} done="" />
      </span>
    </>
  );
}
