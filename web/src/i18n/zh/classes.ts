import type { Translation } from "../en";

export const classes: Translation["classes"] = {};
