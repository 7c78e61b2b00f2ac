/** The addresses of the pages. */
import type { Id } from "../api";

export const paths = {
  home: "/",
  signIn: "/sign-in",
  callback: "/sign-in/callback",
  join: "/join",
  invitation: "/invitation",
  profile: "/profile",
  history: "/history",
  check: "/check",
  status: "/status",
  learning: "/learning",
  recordings: "/recordings",
  lesson: (id: Id) => `/lesson/${encodeURIComponent(String(id))}`,
  record: (id: Id) => `/history/${encodeURIComponent(String(id))}`,
};
