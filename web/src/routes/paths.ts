/** The addresses of the pages. */
import type { Id } from "../api";

export const paths = {
  home: "/",
  signIn: "/sign-in",
  history: "/history",
  check: "/check",
  lesson: (id: Id) => `/lesson/${encodeURIComponent(String(id))}`,
  record: (id: Id) => `/history/${encodeURIComponent(String(id))}`,
};
