import { useTranslation } from "react-i18next";
import { api, type DeletionView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useSession } from "../session/session";
import { AdminPage } from "./AdminPage";
import { useAmounts } from "./amounts";
import { Confirm } from "./Confirm";
import { ExportList } from "./ExportList";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

const both = async () => {
  const [exports, deletions] = await Promise.all([api.exports.every(), api.retention.deletions()]);
  return { exports: exports.exports, deletions: deletions.deletions };
};

/** Taking the school's data away, and what was deleted. */
export default function DataPage() {
  const { t } = useTranslation();
  const [found, again] = useResource(both);
  const [asking, ask] = useAction();
  const [deleting, remove] = useAction();
  const { current, leave } = useSession();

  async function deleteSchool() {
    if (current.state !== "in") return;
    const wish = {
      target: "tenant",
      target_id: current.person.tenant.id,
      confirm: "delete",
    } as const;
    if (await remove(() => api.retention.delete(wish))) await leave();
  }

  return (
    <AdminPage title={t("admin.data.title")} lead={t("admin.data.lead")}>
      <h2 className="section-head">{t("admin.data.exports")}</h2>
      <p className="quiet">{t("admin.data.exportsLead")}</p>
      <div className="row-actions">
        <Button
          look="primary"
          disabled={asking.state === "busy"}
          onClick={() => void ask(() => api.exports.ask({})).then((asked) => asked && again())}
          data-testid="export-school"
        >
          {t("admin.data.exportSchool")}
        </Button>
        <Button onClick={again}>{t("admin.refresh")}</Button>
      </div>
      <Outcome progress={asking} done={t("admin.data.asked")} />
      <Loaded resource={found} again={again}>
        {({ exports, deletions }) => (
          <>
            {exports.length > 0 && <ExportList exports={exports} />}
            <h2 className="section-head">{t("admin.data.deletions")}</h2>
            <p className="quiet">{t("admin.data.deletionsLead")}</p>
            <Deletions found={deletions} />
          </>
        )}
      </Loaded>
      <h2 className="section-head">{t("admin.data.deleteSchool")}</h2>
      <p className="quiet">{t("admin.data.deleteSchoolLead")}</p>
      <Confirm
        label={t("admin.data.deleteSchool")}
        warning={t("admin.data.deleteSchoolWarning")}
        busy={deleting.state === "busy"}
        onConfirm={() => void deleteSchool()}
      />
      <Outcome progress={deleting} done={t("admin.data.deleted")} />
    </AdminPage>
  );
}

function Deletions({ found }: { found: readonly DeletionView[] }) {
  const { t } = useTranslation();
  const { moment } = useAmounts();
  if (found.length === 0) return <p className="empty">{t("admin.data.noDeletions")}</p>;
  return (
    <ul className="records" data-testid="deletions">
      {found.map((one) => (
        <li key={one.id} data-state={one.state}>
          <span className="record-words">
            <strong>{t(`admin.data.targets.${one.target}`)}</strong>
            <span className="small quiet">
              {moment(one.requested_at)} · <span className="code-name">{one.target_id}</span>
            </span>
          </span>
          <span className="state-word">
            {one.state === "done"
              ? t("admin.data.gone", { count: one.removed })
              : t("admin.data.left", { count: one.left })}
          </span>
        </li>
      ))}
    </ul>
  );
}
