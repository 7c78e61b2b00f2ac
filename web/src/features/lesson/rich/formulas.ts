/**
 * Formulas as models write them. `\( … \)` and `\[ … \]` become dollars of the same length, so that places in
 * the text stay true; two prices in one sentence are no formula.
 */
import type { Parents, PhrasingContent, Root, Text } from "mdast";

const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;
const BRACKETS = /\\[()[\]]/g;

/** The same text, as long, with dollars around formulas. */
export function dollars(words: string): string {
  return words
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(BRACKETS, "$$$$")))
    .join("");
}

interface InlineMath {
  type: "inlineMath";
  value: string;
  position?: Text["position"];
}

/** Pandoc's rule: no space inside the dollars, no digit right behind them. */
function isPrice(node: InlineMath, source: string): boolean {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  if (start === undefined || end === undefined || source.startsWith("$$", start)) return false;
  const inside = source.slice(start + 1, end - 1);
  return /^\s|\s$/.test(inside) || /\d/.test(source.charAt(end));
}

function walk(parent: Parents, source: string): void {
  parent.children = parent.children.map((child) => {
    const node = child as PhrasingContent | InlineMath;
    if (node.type === "inlineMath" && isPrice(node as InlineMath, source)) {
      const { position } = node;
      const value = source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0);
      return { type: "text", value, position } as Text;
    }
    if ("children" in child) walk(child as Parents, source);
    return child;
  }) as typeof parent.children;
}

/** A remark plugin, behind remark-math. */
export function remarkPrices(source: string) {
  return (tree: Root): void => walk(tree, source);
}
