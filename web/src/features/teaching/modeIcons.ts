import type { Mode } from "../../api";
import type { IconName } from "../../ui/Icon";

export const modeIcons: Readonly<Record<Mode, IconName>> = {
  explain: "lamp",
  socratic: "question",
  quiz: "checklist",
  practice: "bubbles",
};
