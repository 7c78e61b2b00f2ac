import { lazy } from "react";
import type { Page } from "../../routes/pages";

const STAFF = ["teacher", "admin"] as const;

export const pages: readonly Page[] = [
  { path: "/wall", Page: lazy(() => import("./WallPage")), roles: STAFF, nav: "live" },
  { path: "/classes", Page: lazy(() => import("./Classes")), nav: "classes" },
  { path: "/classes/:id", Page: lazy(() => import("./ClassPage")), roles: STAFF },
];
