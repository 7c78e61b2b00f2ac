import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertCount } from "./alertCount";
import { useNews } from "./useNews";
import "./badge.css";

/** Beside the name of the alerts page in the navigation: how many wait, and whether one is urgent. */
export function AlertBadge() {
  const { t } = useTranslation();
  const [{ notice, urgent }, setCount] = useState<AlertCount>({ notice: 0, urgent: 0 });
  useNews("alerts", (data) => setCount(data as AlertCount));
  const count = notice + urgent;
  if (count === 0) return null;
  return (
    <span
      className={urgent > 0 ? "alert-badge alert-badge-urgent" : "alert-badge"}
      data-testid="alert-badge"
    >
      <span aria-hidden="true">{urgent > 0 ? `${count} !` : count}</span>
      <span className="hidden-text" role="status">
        {t("classes.alerts.badge", { count })}
        {urgent > 0 && `, ${t("classes.alerts.badgeUrgent")}`}
      </span>
    </span>
  );
}
