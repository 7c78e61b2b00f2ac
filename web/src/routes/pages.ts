/** Every page inside the frame: where it is, who may open it, and under which name the navigation shows it. */
import type { LazyExoticComponent, ReactNode } from "react";
import type { Role } from "../api";
import { pages as admin } from "../features/admin/pages";
import { pages as analytics } from "../features/analytics/pages";
import { pages as classes } from "../features/classes/pages";
import { pages as learning } from "../features/learning/pages";
import { pages as library } from "../features/library/pages";
import { pages as people } from "../features/people/pages";
import { pages as review } from "../features/review/pages";
import { pages as studio } from "../features/studio/pages";
import { pages as tutors } from "../features/tutors/pages";
import type { Translation } from "../i18n/en";

export interface Page {
  /** As the router spells it: `/classes/:id`. */
  path: string;
  /** `lazy(() => import("./ClassPage"))`: seldom opened pages are not part of the first load. */
  Page: LazyExoticComponent<() => ReactNode>;
  /** Absent: everybody who is signed in. */
  roles?: readonly Role[] | undefined;
  /** Its name in the navigation; a page without one is reached from another. */
  nav?: keyof Translation["nav"];
}

export const pages: readonly Page[] = [
  ...learning,
  ...tutors,
  ...library,
  ...studio,
  ...classes,
  ...review,
  ...analytics,
  ...people,
  ...admin,
];
