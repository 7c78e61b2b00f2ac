/** Texts of the pages in features/ that concern people. */
export const people = {};
