import { lazy } from "react";
import type { Page } from "../../routes/pages";

const TEACHERS = ["teacher", "admin"] as const;

export const pages: readonly Page[] = [
  {
    path: "/libraries",
    Page: lazy(() => import("./LibrariesPage")),
    roles: TEACHERS,
    nav: "libraries",
  },
  { path: "/libraries/:id", Page: lazy(() => import("./LibraryPage")), roles: TEACHERS },
];
