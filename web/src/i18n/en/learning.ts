/** Texts of the pages in features/ that concern learning. */
export const learning = {};
