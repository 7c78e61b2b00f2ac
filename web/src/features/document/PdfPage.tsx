import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Rectangle } from "./geometry";
import { drawPage, layWords, type PDFPageProxy, sizeOf } from "./pdf";

interface Props {
  page: PDFPageProxy;
  number: number;
  /** CSS pixels. */
  width: number;
  marks: readonly Rectangle[];
  quote: string;
}

const percent = (value: number, whole: number): string => `${(100 * value) / whole}%`;

/** One page: its picture, the marked passage, and its words to select. */
export function PdfPage({ page, number, width, marks, quote }: Props) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLElement>(null);
  const [failed, setFailed] = useState(false);
  const size = sizeOf(page);

  useEffect(() => {
    const leaving = new AbortController();
    setFailed(false);
    const draw = async () => {
      if (canvas.current) await drawPage(page, canvas.current, width, leaving.signal);
      if (words.current) await layWords(page, words.current, width, leaving.signal);
    };
    draw().catch(() => !leaving.signal.aborted && setFailed(true));
    return () => leaving.abort();
  }, [page, width]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to the passage whenever another is marked
  useEffect(() => {
    first.current?.scrollIntoView({ block: "center" });
  }, [marks]);

  return (
    <div
      className="pdf-page"
      style={{ width, aspectRatio: `${size.width} / ${size.height}` }}
      data-testid="pdf-page"
      data-page={number}
    >
      <canvas ref={canvas} />
      {marks.map(({ left, top, right, bottom }, index) => (
        <mark
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a passage never change places
          key={index}
          ref={index === 0 ? first : undefined}
          className="pdf-mark"
          data-testid="passage"
          aria-hidden={index > 0}
          style={{
            left: percent(left, size.width),
            top: percent(top, size.height),
            width: percent(right - left, size.width),
            height: percent(bottom - top, size.height),
          }}
        >
          {index === 0 && (
            <span className="hidden-text">
              {t("document.passageOn", { page: number })}: {quote}
            </span>
          )}
        </mark>
      ))}
      <div className="pdf-words" ref={words} />
      {failed && <p className="pdf-failed">{t("document.damaged")}</p>}
    </div>
  );
}
