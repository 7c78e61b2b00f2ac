/** Texts of the pages in features/ that concern admin. */
export const admin = {};
