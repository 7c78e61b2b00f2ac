import type { Translation } from "../en";

export const admin: Translation["admin"] = {};
