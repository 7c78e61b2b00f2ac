import { lazy } from "react";
import type { Page } from "../../routes/pages";
import { paths } from "../../routes/paths";

export const pages: readonly Page[] = [
  {
    path: paths.learning,
    Page: lazy(() => import("./KnownPage")),
    roles: ["student"],
    nav: "learning",
  },
  {
    path: paths.recordings,
    Page: lazy(() => import("../teaching/RecordingsPage")),
    roles: ["teacher", "admin"],
    nav: "recordings",
  },
];
