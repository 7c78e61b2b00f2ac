import { useCallback, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api";
import type { Citation } from "../../protocol";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Loaded } from "../../ui/Loaded";
import { useResource } from "../../ui/useResource";
import { MarkedText } from "./MarkedText";
import "./document.css";

interface Props {
  citation: Citation;
  onClose: () => void;
}

type Source = { kind: "file" } | { kind: "text"; text: string };

async function read(id: string): Promise<Source> {
  const { kind } = await api.documents.one(id);
  if (kind === "pdf") return { kind: "file" };
  return { kind: "text", text: await (await api.documents.text(id)).text() };
}

/** The source of a sentence, opened at the cited place. */
export function DocumentPanel({ citation, onClose }: Props) {
  const { t } = useTranslation();
  const load = useCallback(() => read(citation.document), [citation.document]);
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
        {(found) =>
          found.kind === "file" ? (
            <Pages citation={citation} />
          ) : (
            <MarkedText text={found.text} citation={citation} />
          )
        }
      </Loaded>
    </section>
  );
}

function Pages({ citation }: { citation: Citation }) {
  const { t } = useTranslation();
  const address = api.documentFile(citation.document, citation.page);
  return (
    <div className="document-pages">
      <figure className="document-quote">
        <figcaption className="small">{t("document.passage")}</figcaption>
        <blockquote>
          <mark data-testid="passage">{citation.quote}</mark>
        </blockquote>
      </figure>
      {/* Phones without a viewer of their own would offer a download instead. */}
      {navigator.pdfViewerEnabled && (
        <iframe
          key={address}
          className="document-frame"
          // The page alone, as wide as the panel; the viewer's own tools are in the new tab.
          src={`${address}&toolbar=0&navpanes=0&view=FitH`}
          title={t("document.file", { title: citation.title, page: citation.page })}
        />
      )}
      <a className="document-tab" href={address} target="_blank" rel="noreferrer">
        <Icon name="openTab" size={18} />
        {t("document.newTab")}
      </a>
    </div>
  );
}
