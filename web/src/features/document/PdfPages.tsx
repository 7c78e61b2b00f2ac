import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "../../protocol";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { PdfBar } from "./PdfBar";
import { PdfPage } from "./PdfPage";
import { openPdf, type PDFDocumentProxy } from "./pdf";
import { Quote } from "./Quote";
import { usePlace } from "./usePlace";
import { useWidth } from "./useWidth";
import "./pdf.css";

interface Props {
  citation: Citation;
  data: ArrayBuffer;
  /** Where the browser opens the whole file. */
  address: string;
}

/** Widths of a page, as shares of the panel. */
const ZOOMS = [1, 1.35, 1.8, 2.4] as const;

/** The pages of a PDF, opened at the cited one. */
export default function PdfPages({ citation, data, address }: Props) {
  const load = useCallback(() => openPdf(data.slice(0)).promise, [data]);
  const [pdf, again] = useResource(load);
  return (
    <Loaded resource={pdf} again={again}>
      {(opened) => <Opened pdf={opened} citation={citation} address={address} />}
    </Loaded>
  );
}

interface OpenedProps {
  pdf: PDFDocumentProxy;
  citation: Citation;
  address: string;
}

function Opened({ pdf, citation, address }: OpenedProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLElement>(null);
  const panelWidth = useWidth(frame);
  const cited = Math.min(citation.page, pdf.numPages);
  const [number, setNumber] = useState(cited);
  const [zoom, setZoom] = useState(0);
  const { page, marks } = usePlace(pdf, number, number === cited ? citation : null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another citation may be on the same page
  useEffect(() => setNumber(cited), [citation, cited]);
  useEffect(() => () => void pdf.loadingTask.destroy(), [pdf]);

  function turn(by: number) {
    setNumber((before) => Math.min(Math.max(before + by, 1), pdf.numPages));
    frame.current?.scrollTo({ top: 0, left: 0 });
  }

  return (
    <div className="pdf">
      <PdfBar
        number={number}
        pages={pdf.numPages}
        zoom={zoom}
        zooms={ZOOMS.length}
        away={number !== cited}
        address={`${address}#page=${number}`}
        onTurn={turn}
        onZoom={setZoom}
        onPassage={() => setNumber(cited)}
      />
      <section
        className="pdf-frame"
        ref={frame}
        tabIndex={0}
        aria-label={t("document.pages", { title: citation.title })}
        onKeyDown={({ key }) => {
          if (key === "PageDown") turn(1);
          if (key === "PageUp") turn(-1);
        }}
      >
        {number === cited && marks?.length === 0 && (
          <Quote citation={citation} about={t("document.notFound")} />
        )}
        {page && panelWidth > 0 && (
          <PdfPage
            page={page}
            number={number}
            width={panelWidth * (ZOOMS[zoom] ?? 1)}
            marks={marks ?? []}
            quote={citation.quote}
          />
        )}
      </section>
    </div>
  );
}
