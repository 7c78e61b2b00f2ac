/**
 * Colours a parsed answer by what has sounded of it: words up to `heard`, a place in the source text, are solid,
 * the rest is faint or marked as never heard. Runs on the tree before anything is drawn; adds spans, no text.
 */
import type { Element, ElementContent, Root, Text } from "hast";

type Parent = Root | Element;

interface Marks {
  heard: number;
  /** Class of the words behind that place. */
  behind: string;
}

const startOf = (node: ElementContent | Parent, otherwise: number): number =>
  node.position?.start.offset ?? otherwise;

const span = (className: string, child: ElementContent): Element => ({
  type: "element",
  tagName: "span",
  properties: { className: [className] },
  children: [child],
});

const isFormula = (node: Element): boolean => {
  const names = node.properties.className;
  return Array.isArray(names) && names.some((name) => String(name).startsWith("math-"));
};

function cut(node: Text, from: number, { heard, behind }: Marks): ElementContent[] {
  if (node.value.trim() === "") return [node];
  const start = startOf(node, from);
  const end = node.position?.end.offset ?? start + node.value.length;
  if (heard >= end) return [span("words-heard", node)];
  if (heard <= start) return [span(behind, node)];
  const at = Math.min(node.value.length, heard - start);
  const [before, after] = [node.value.slice(0, at), node.value.slice(at)];
  return [
    span("words-heard", { type: "text", value: before }),
    span(behind, { type: "text", value: after }),
  ];
}

function walk(parent: Parent, from: number, marks: Marks): void {
  const children: ElementContent[] = [];
  for (const child of parent.children as ElementContent[]) {
    const start = startOf(child, from);
    if (child.type === "text") children.push(...cut(child, start, marks));
    else if (child.type === "element" && isFormula(child)) {
      // A formula is spoken as a whole; it is drawn later, and what is drawn replaces the element.
      children.push(span(marks.heard > start ? "words-heard" : marks.behind, child));
    } else {
      if (child.type === "element") walk(child, start, marks);
      children.push(child);
    }
  }
  parent.children = children;
}

function firstOf(parent: Parent, name: string): Element | null {
  for (const child of parent.children) {
    if (child.type !== "element") continue;
    const names = child.properties.className;
    if (Array.isArray(names) && names.includes(name)) return child;
    const found = firstOf(child, name);
    if (found !== null) return found;
  }
  return null;
}

/** A rehype plugin. */
export function rehypeHeard(marks: Marks) {
  return (tree: Root): void => {
    walk(tree, 0, marks);
    const cut = firstOf(tree, marks.behind);
    if (cut !== null) cut.properties.className = [marks.behind, "words-cut"];
  };
}
