import { useTranslation } from "react-i18next";
import { api } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { useTitle } from "../../ui/useTitle";
import { useSession } from "../session/session";
import { Confirm } from "./Confirm";
import { ExportList } from "./ExportList";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";
import "./admin.css";

/** Everything that is kept of the person: to take away, or to delete. */
export default function MyDataPage() {
  const { t } = useTranslation();
  const [mine, again] = useResource(api.exports.mine);
  const [asking, ask] = useAction();
  const [deleting, remove] = useAction();
  const { leave } = useSession();
  useTitle(t("admin.mine.title"));

  async function deleteMe() {
    if (await remove(() => api.retention.deleteMe({ confirm: "delete" }))) await leave();
  }

  return (
    <>
      <div className="page-head">
        <h1>{t("admin.mine.title")}</h1>
        <p>{t("admin.mine.lead")}</p>
      </div>
      <h2 className="section-head">{t("admin.mine.take")}</h2>
      <p className="quiet">{t("admin.mine.takeLead")}</p>
      <div className="row-actions">
        <Button
          look="primary"
          disabled={asking.state === "busy"}
          onClick={() => void ask(api.exports.askMine).then((asked) => asked && again())}
          data-testid="export-me"
        >
          {t("admin.mine.make")}
        </Button>
        <Button onClick={again}>{t("admin.refresh")}</Button>
      </div>
      <Outcome progress={asking} done={t("admin.data.asked")} />
      <Loaded resource={mine} again={again}>
        {({ export: found }) =>
          found ? <ExportList exports={[found]} /> : <p className="empty">{t("admin.mine.none")}</p>
        }
      </Loaded>
      <h2 className="section-head">{t("admin.mine.delete")}</h2>
      <p className="quiet">{t("admin.mine.deleteLead")}</p>
      <Confirm
        label={t("admin.mine.delete")}
        warning={t("admin.mine.deleteWarning")}
        busy={deleting.state === "busy"}
        onConfirm={() => void deleteMe()}
      />
      <Outcome progress={deleting} done={t("admin.data.deleted")} />
    </>
  );
}
