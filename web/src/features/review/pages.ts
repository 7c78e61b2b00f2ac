import { lazy } from "react";
import type { Page } from "../../routes/pages";

const STAFF = ["teacher", "admin"] as const;

export const pages: readonly Page[] = [
  { path: "/review", Page: lazy(() => import("./Review")), roles: STAFF, nav: "review" },
  { path: "/review/lessons/:id", Page: lazy(() => import("./ConversationPage")), roles: STAFF },
  { path: "/alerts", Page: lazy(() => import("./Alerts")), roles: STAFF, nav: "alerts" },
];
