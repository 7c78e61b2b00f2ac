import { createElement, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "../../protocol";
import { type Block, blocks, locate, type Span } from "./passage";
import { Quote } from "./Quote";

interface Props {
  text: string;
  citation: Citation;
}

/** A text document, scrolled to the cited words. */
export function MarkedText({ text, citation }: Props) {
  const { t } = useTranslation();
  const frame = useRef<HTMLElement>(null);
  const { quote, start, end } = citation;
  const passage = useMemo(() => locate(text, quote, start, end), [text, quote, start, end]);
  const shown = useMemo(() => blocks(text, passage), [text, passage]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever another passage is shown
  useEffect(() => {
    const mark = frame.current?.querySelector("mark");
    const box = frame.current;
    if (mark && box) box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 3;
  }, [shown]);

  return (
    <section className="document-text" ref={frame} tabIndex={0} aria-label={citation.title}>
      {passage === null && <Quote citation={citation} about={t("document.moved")} />}
      {shown.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text never change places
        <BlockView key={index} block={block} />
      ))}
    </section>
  );
}

function BlockView({ block }: { block: Block }) {
  const children = block.spans.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the spans of a block never change places
    <SpanView key={index} span={span} />
  ));
  if (block.kind === "heading") {
    // Under the h2 of the panel; a document's own title is its first level.
    return createElement(
      `h${Math.min(6, block.level + 2)}`,
      { className: `text-h${block.level}` },
      children,
    );
  }
  if (block.kind === "verbatim") return <pre className="text-verbatim">{children}</pre>;
  return <p className={block.kind === "item" ? "text-item" : undefined}>{children}</p>;
}

function SpanView({ span }: { span: Span }) {
  const words = span.strong ? <strong>{span.text}</strong> : span.text;
  return span.marked ? <mark data-testid="passage">{words}</mark> : words;
}
