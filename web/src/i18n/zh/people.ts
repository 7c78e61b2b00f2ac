import type { Translation } from "../en";

export const people: Translation["people"] = {};
