/** Texts of the pages in features/ that concern tutors. */
export const tutors = {};
