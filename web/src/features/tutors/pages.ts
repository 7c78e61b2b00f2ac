import { lazy } from "react";
import type { Page } from "../../routes/pages";

const TEACHERS = ["teacher", "admin"] as const;

export const pages: readonly Page[] = [
  {
    path: "/workshop",
    Page: lazy(() => import("./WorkshopPage")),
    roles: TEACHERS,
    nav: "workshop",
  },
  { path: "/workshop/new", Page: lazy(() => import("./NewTutorPage")), roles: TEACHERS },
  { path: "/workshop/:id/start", Page: lazy(() => import("./GuidePage")), roles: TEACHERS },
  { path: "/workshop/:id", Page: lazy(() => import("./BuilderPage")), roles: TEACHERS },
];
