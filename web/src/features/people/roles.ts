import type { Role } from "../../api";

export const ROLES: readonly Role[] = ["student", "teacher", "admin"];

/** The role that a form names; students are the many. */
export const roleOf = (value: FormDataEntryValue | null): Role =>
  ROLES.find((role) => role === value) ?? "student";
