import { lazy } from "react";
import type { Page } from "../../routes/pages";

export const pages: readonly Page[] = [
  {
    path: "/insights",
    Page: lazy(() => import("./Analytics")),
    roles: ["teacher", "admin"],
    nav: "insights",
  },
];
