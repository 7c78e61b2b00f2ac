import { lazy } from "react";
import type { Role } from "../../api";
import type { Page } from "../../routes/pages";

const ADMINS: readonly Role[] = ["admin"];

export const pages: readonly Page[] = [
  { path: "/admin", Page: lazy(() => import("./AdminHome")), roles: ADMINS, nav: "admin" },
  { path: "/admin/usage", Page: lazy(() => import("./UsagePage")), roles: ADMINS },
  { path: "/admin/retention", Page: lazy(() => import("./RetentionPage")), roles: ADMINS },
  { path: "/admin/data", Page: lazy(() => import("./DataPage")), roles: ADMINS },
  { path: "/admin/contacts", Page: lazy(() => import("./ContactsPage")), roles: ADMINS },
  { path: "/admin/servers", Page: lazy(() => import("./ServersPage")), roles: ADMINS },
  { path: "/admin/jobs", Page: lazy(() => import("./JobsPage")), roles: ADMINS },
];
