import type { Translation } from "../en";

export const tutors: Translation["tutors"] = {};
