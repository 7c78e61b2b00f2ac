import type { Translation } from "../en";

export const learning: Translation["learning"] = {};
