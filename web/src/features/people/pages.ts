import { lazy } from "react";
import type { Page } from "../../routes/pages";

const ADMIN = ["admin"] as const;

export const pages: readonly Page[] = [
  { path: "/profile", Page: lazy(() => import("../profile/ProfilePage")) },
  { path: "/people", Page: lazy(() => import("./PeoplePage")), roles: ADMIN, nav: "people" },
  { path: "/people/invitations", Page: lazy(() => import("./InvitationsPage")), roles: ADMIN },
  { path: "/people/list", Page: lazy(() => import("./ImportPage")), roles: ADMIN },
  { path: "/people/sign-in", Page: lazy(() => import("./ProvidersPage")), roles: ADMIN },
  { path: "/audit", Page: lazy(() => import("./AuditPage")), roles: ADMIN, nav: "audit" },
];
