import { lazy } from "react";
import type { Page } from "../../routes/pages";

const TEACHERS = ["teacher", "admin"] as const;

export const pages: readonly Page[] = [
  { path: "/studio", Page: lazy(() => import("./StudioPage")), roles: TEACHERS, nav: "studio" },
  { path: "/studio/:id", Page: lazy(() => import("./FacePage")), roles: TEACHERS },
];
