/**
 * An answer with form: headings, lists, tables, code, links and formulas. HTML in it is text, links lead to http
 * and https only, pictures are their words; nothing in an answer can run or load anything.
 */
import { type ReactNode, useMemo } from "react";
import Markdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { CodeBlock } from "./CodeBlock";
import { dollars, remarkPrices } from "./formulas";
import { rehypeHeard } from "./heard";
import "./rich.css";

export interface RichProps {
  words: string;
  /** Characters of `words` that have sounded. */
  heard: number;
  /** Class of the words that have not. */
  behind: string;
  /** Draws formulas; without it they stay as they were written. */
  formulas?: NonNullable<Options["rehypePlugins"]>;
}

/** What an answer may be made of. Formulas are drawn afterwards and bring their own elements. */
const ALLOWED = new Set(
  "p br strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td a hr img span".split(
    " ",
  ),
);

const WEB = /^https?:\/\//i;

/** The address, when it is one of the web; nothing otherwise. */
export function webAddress(address: string): string {
  return WEB.test(address) && URL.canParse(address) ? address : "";
}

function Anchor({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  );
}

const heading = ({ children }: { children?: ReactNode }) => (
  // The page has its own headings; those of an answer are only strong lines.
  <p className="rich-heading">{children}</p>
);

const COMPONENTS: Components = {
  a: ({ href, children }) => <Anchor href={href}>{children}</Anchor>,
  img: ({ alt }) => <span>{alt}</span>,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="rich-table">
      <table>{children}</table>
    </div>
  ),
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
};

type Node = {
  type: string;
  tagName?: string;
  properties?: { id?: unknown };
  children?: Node[];
};

/** Whatever is not allowed gives way to its own words. */
function rehypeAllowed() {
  const walk = (parent: Node): void => {
    if (parent.children === undefined) return;
    parent.children = parent.children.flatMap((child) => {
      walk(child);
      // Footnotes bring names of their own, which would meet those of the page.
      delete child.properties?.id;
      const bad = child.type === "element" && !ALLOWED.has(child.tagName ?? "");
      return bad ? (child.children ?? []) : [child];
    });
  };
  return walk as (tree: unknown) => void;
}

export default function Rich({ words, heard, behind, formulas }: RichProps) {
  const source = useMemo(() => dollars(words), [words]);
  return (
    <div className="rich">
      <Markdown
        remarkPlugins={[remarkGfm, remarkMath, [remarkPrices, source]]}
        rehypePlugins={
          [
            rehypeAllowed,
            ...(heard < words.length
              ? [[rehypeHeard, { heard, behind }] as [typeof rehypeHeard, object]]
              : []),
            ...(formulas ?? []),
          ] as NonNullable<Options["rehypePlugins"]>
        }
        urlTransform={webAddress}
        components={COMPONENTS}
      >
        {source}
      </Markdown>
    </div>
  );
}
