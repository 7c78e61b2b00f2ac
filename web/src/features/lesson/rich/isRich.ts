/** Whether words have any form to draw. Most spoken answers are plain, and plain words need no parser. */

const FORM = /[*_`~|<>\\$]|^\s{0,3}(?:[-+]|\d{1,3}[.)]|#{1,6})\s|\[[^\]]*\]\(|https?:\/\/|&\w+;/m;

export const isRich = (words: string): boolean => FORM.test(words);

const FORMULA = /\$|\\\(|\\\[|```math/;

export const hasFormula = (words: string): boolean => FORMULA.test(words);
