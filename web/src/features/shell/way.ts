/** Which pages a person finds in the navigation, in which order, and for how many there is room. */
import type { Role } from "../../api";
import type { Translation } from "../../i18n/en";
import { pages } from "../../routes/pages";
import { paths } from "../../routes/paths";
import type { IconName } from "../../ui/Icon";

export type NavKey = keyof Translation["nav"];

export interface Place {
  path: string;
  nav: NavKey;
  icon: IconName;
  /** Lit on this page only, not on those below it. */
  end: boolean;
}

/** At the side of a desk, "more" included: seven places and the way to the rest. */
export const ON_DESK = 8;
/** A phone's bar, "more" included: five targets fit 320 px. */
export const ON_PHONE = 5;

const ICONS: Partial<Record<string, IconName>> = {
  tutors: "home",
  history: "hourglass",
  learning: "lamp",
  recordings: "microphone",
  workshop: "settings",
  libraries: "books",
  studio: "face",
  classes: "board",
  live: "pulse",
  review: "bubbles",
  alerts: "bell",
  insights: "chart",
  people: "people",
  audit: "checklist",
  admin: "shield",
};

/** What somebody comes for first; what is not named follows in the order of the features. */
const FIRST: Record<Role, readonly string[]> = {
  student: ["tutors", "history", "learning", "classes"],
  teacher: ["tutors", "workshop", "classes", "live", "review", "libraries", "insights"],
  admin: ["tutors", "people", "admin", "classes", "workshop", "libraries", "audit"],
};

/** The pages for this role, the most wanted first. */
export function entriesFor(role: Role): Place[] {
  const mine = pages.flatMap(({ path, nav, roles }) =>
    nav && (roles?.includes(role) ?? true) ? [{ path, nav }] : [],
  );
  return [
    { path: paths.home, nav: "tutors" as const },
    { path: paths.history, nav: "history" as const },
    ...mine,
  ]
    .map(({ path, nav }) => ({
      path,
      nav,
      icon: ICONS[nav] ?? "document",
      end: path === paths.home,
    }))
    .sort((one, other) => rank(role, one.nav) - rank(role, other.nav));
}

function rank(role: Role, nav: string): number {
  const place = FIRST[role].indexOf(nav);
  return place < 0 ? FIRST[role].length : place;
}

/** What is shown and what stands behind "more", which takes a place of its own when it is needed. */
export function shared(places: readonly Place[], room: number): [Place[], Place[]] {
  if (places.length <= room) return [[...places], []];
  return [places.slice(0, room - 1), places.slice(room - 1)];
}
