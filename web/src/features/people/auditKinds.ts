import type { Translation } from "../../i18n/en";

type Audit = Translation["people"]["audit"];
export type Kind = keyof Audit["kinds"];
export type KnownAction = keyof Audit["actions"];
export type KnownDetail = keyof Audit["details"];

/** What stands before the dot of an action; `all` is no filter. */
export const KINDS: readonly Kind[] = [
  "all",
  "person",
  "sign_in",
  "password",
  "invitation",
  "provider",
  "tutor",
  "document",
  "class",
  "conversation",
];

/** `person.added` as the table of texts spells it. */
export const actionKey = (action: string): string => action.replace(".", "_");
