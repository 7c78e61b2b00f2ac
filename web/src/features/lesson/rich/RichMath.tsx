/** The same with formulas drawn: loaded only by answers that have some, with KaTeX's own fonts. */
import type { Options } from "react-markdown";
import rehypeKatex from "rehype-katex";
import "katex/dist/katex.min.css";
import Rich, { type RichProps } from "./Rich";

/** A formula of one line has no use for more; a bomb of macros ends here. */
const MOST_EXPANSIONS = 200;
const LARGEST_EM = 20;

const FORMULAS = [
  [
    rehypeKatex,
    {
      trust: false,
      maxExpand: MOST_EXPANSIONS,
      maxSize: LARGEST_EM,
      strict: "ignore",
      errorColor: "currentColor",
    },
  ],
] as NonNullable<Options["rehypePlugins"]>;

export default function RichMath(props: Omit<RichProps, "formulas">) {
  return <Rich {...props} formulas={FORMULAS} />;
}
