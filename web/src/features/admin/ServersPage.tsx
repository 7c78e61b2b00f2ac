import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type NodeView, type OperationView } from "../../api";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { AdminPage } from "./AdminPage";
import { useAmounts } from "./amounts";
import { Outcome } from "./Outcome";
import { useAction } from "./useAction";

/** How the servers are: nodes with their seats, storage, versions. */
export default function ServersPage() {
  const { t } = useTranslation();
  const [operation, again] = useResource(api.operation.view);
  return (
    <AdminPage title={t("admin.servers.title")} lead={t("admin.servers.lead")}>
      <div className="row-actions">
        <Button onClick={again}>{t("admin.refresh")}</Button>
      </div>
      <Loaded resource={operation} again={again}>
        {(found) => <Servers key={JSON.stringify(found.nodes)} found={found} />}
      </Loaded>
    </AdminPage>
  );
}

function Servers({ found }: { found: OperationView }) {
  const { t } = useTranslation();
  const { bytes } = useAmounts();
  const [now, setNow] = useState(found);
  return (
    <>
      <ul className="records" data-testid="nodes">
        {now.nodes.map((node) => (
          <li key={node.id} data-state={node.state}>
            <Node node={node} operator={now.operator} changed={setNow} />
          </li>
        ))}
      </ul>
      <dl className="node-facts">
        <dt>{t("admin.servers.used")}</dt>
        <dd>{bytes(now.storage_used_bytes)}</dd>
        <dt>{t("admin.servers.free")}</dt>
        <dd>{bytes(now.storage_free_bytes)}</dd>
        <dt>{t("admin.servers.database")}</dt>
        <dd>{now.database === "postgresql" ? "PostgreSQL" : "SQLite"}</dd>
        <dt>{t("admin.servers.version")}</dt>
        <dd>{now.version}</dd>
      </dl>
    </>
  );
}

interface NodeProps {
  node: NodeView;
  operator: boolean;
  changed: (now: OperationView) => void;
}

function Node({ node, operator, changed }: NodeProps) {
  const { t } = useTranslation();
  const [progress, run] = useAction();
  const draining = node.state === "draining";
  const stages = Object.entries(node.stages).map(([stage, { name }]) => `${stage} ${name}`);
  return (
    <>
      <span className="record-words">
        <strong>{operator ? node.name : t("admin.servers.node", { number: node.name })}</strong>
        <span className="small quiet">
          {t("admin.servers.seats", { active: node.active, seats: node.seats })}
          {node.version && ` · ${node.version}`}
        </span>
        {stages.length > 0 && <span className="small quiet">{stages.join(" · ")}</span>}
      </span>
      <span className="record-end">
        <span className="state-word" data-state={node.state}>
          {t(`admin.servers.states.${node.state}`)}
        </span>
        {operator && node.state !== "away" && (
          <Button
            disabled={progress.state === "busy"}
            onClick={() =>
              void run(async () =>
                changed(await api.operation.drain(node.id, { draining: !draining })),
              )
            }
            data-testid="drain"
          >
            {t(draining ? "admin.servers.serve" : "admin.servers.drain")}
          </Button>
        )}
        <Outcome progress={progress} done="" />
      </span>
    </>
  );
}
