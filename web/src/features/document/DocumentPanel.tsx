import { lazy, Suspense, useCallback, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "../../protocol";
import { Button } from "../../ui/Button";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { MarkedText } from "./MarkedText";
import { Quote } from "./Quote";
import { pageText, read, type Source } from "./source";
import "./document.css";

interface Props {
  citation: Citation;
  onClose: () => void;
}

const PdfPages = lazy(() => import("./PdfPages"));

/** The source of a sentence, opened at the cited place. */
export function DocumentPanel({ citation, onClose }: Props) {
  const { t } = useTranslation();
  const { document: id, version } = citation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place of the same file is there already
  const load = useCallback(() => read(citation), [id, version]);
  const [source, again] = useResource(load);
  const panel = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    // What was pressed may vanish behind the panel; the keyboard goes there and comes back.
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      setTimeout(() => before instanceof HTMLElement && before.isConnected && before.focus());
    };
  }, []);

  return (
    <section
      className="document"
      ref={panel}
      tabIndex={-1}
      aria-label={t("document.label", { title: citation.title })}
      data-testid="document"
    >
      <header className="document-head">
        <div className="document-title">
          <h2>{citation.title}</h2>
          <span className="small">{t("common.page", { page: citation.page })}</span>
        </div>
        <Button look="plain" icon="close" iconOnly onClick={onClose} data-testid="close-document">
          {t("document.close")}
        </Button>
      </header>
      <Loaded resource={source} again={again}>
        {(found) => <Content source={found} citation={citation} />}
      </Loaded>
    </section>
  );
}

function Content({ source, citation }: { source: Source; citation: Citation }) {
  const { t } = useTranslation();
  if (source.kind === "pdf") {
    return (
      <Suspense fallback={<Waiting />}>
        <PdfPages citation={citation} data={source.data} address={source.address} />
      </Suspense>
    );
  }
  if (source.kind === "pages") return <PageText citation={citation} version={source.version} />;
  if (source.kind === "text") return <MarkedText text={source.text} citation={citation} />;
  return <Quote citation={citation} about={t("document.gone")} />;
}

function PageText({ citation, version }: { citation: Citation; version: string | undefined }) {
  const { document: id, page } = citation;
  const load = useCallback(() => pageText(id, page, version), [id, page, version]);
  const [text, again] = useResource(load);
  return (
    <Loaded resource={text} again={again}>
      {(found) => <MarkedText text={found} citation={citation} />}
    </Loaded>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <p className="waiting" role="status">
      {t("common.loading")}
    </p>
  );
}
