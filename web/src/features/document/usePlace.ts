import { useEffect, useState } from "react";
import type { Citation } from "../../protocol";
import { findQuote, type Rectangle } from "./geometry";
import { type PDFDocumentProxy, type PDFPageProxy, runsOf } from "./pdf";
import { measured } from "./source";

interface Place {
  page: PDFPageProxy | null;
  /** Where the passage stands on it; null while that is not known. */
  marks: readonly Rectangle[] | null;
}

/** A page of a PDF and, with a citation, where its words stand: as the engine measured, else as they are found. */
export function usePlace(pdf: PDFDocumentProxy, number: number, citation: Citation | null): Place {
  const [place, setPlace] = useState<Place>({ page: null, marks: null });
  useEffect(() => {
    let wanted = true;
    const find = async () => {
      const page = await pdf.getPage(number);
      if (wanted) setPlace({ page, marks: null });
      if (citation === null) return;
      const known = await measured(citation);
      const marks = known.length > 0 ? known : findQuote(await runsOf(page), citation.quote);
      if (wanted) setPlace({ page, marks });
    };
    find().catch(() => wanted && setPlace((before) => ({ ...before, marks: [] })));
    return () => {
      wanted = false;
    };
  }, [pdf, number, citation]);
  return place;
}
