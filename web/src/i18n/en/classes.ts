/** Texts of the pages in features/ that concern classes. */
export const classes = {};
