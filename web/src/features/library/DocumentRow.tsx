import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ShelvedDocument } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { useErrorText } from "../../ui/useErrorText";
import type { Run, Step } from "./act";
import { Meter } from "./Meter";
import { ACCEPTED, readable } from "./sizes";
import { upload } from "./upload";

interface Props {
  document: ShelvedDocument;
  mine: boolean;
  onChanged: () => void;
}

const SHOWN = 5;

/** A document: what became of reading it, and what can be done with it. */
export function DocumentRow({ document, mine, onChanged }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [failed, setFailed] = useState<unknown>(null);
  const [sure, setSure] = useState(false);

  async function act(step: Step) {
    setFailed(null);
    try {
      await step();
    } catch (error) {
      setFailed(error);
    }
    onChanged();
  }

  const busy = document.state === "waiting" || document.state === "reading";
  return (
    <li className="doc" data-testid="document" data-state={document.state}>
      <Icon name="document" />
      <div className="doc-words">
        <a
          className="doc-title"
          href={api.documentFile(document.id, 1)}
          target="_blank"
          rel="noreferrer"
        >
          {document.title}
          <span className="hidden-text"> {t("library.newTab")}</span>
        </a>
        <span className="soft small">
          {[
            document.kind.toUpperCase(),
            document.pages === null ? null : t("library.pages", { count: document.pages }),
            document.size_bytes > 0 ? readable(document.size_bytes) : null,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <State document={document} />
        {failed !== null && (
          <p className="small doc-bad" role="alert">
            {errorText(failed).text}
          </p>
        )}
      </div>
      {mine && (
        <div className="doc-tools">
          {busy && (
            <Button onClick={() => void act(() => api.libraries.cancelReading(document.id))}>
              {t("library.cancel")}
            </Button>
          )}
          {(document.state === "failed" || document.state === "cancelled") && (
            <Button onClick={() => void act(() => api.libraries.retryReading(document.id))}>
              {t("common.tryAgain")}
            </Button>
          )}
          <Replace document={document} act={act} />
          {sure ? (
            <Button
              look="primary"
              onClick={() => void act(() => api.libraries.deleteDocument(document.id))}
              onBlur={() => setSure(false)}
              data-testid="delete-sure"
            >
              {t("library.deleteSure")}
            </Button>
          ) : (
            <Button look="plain" onClick={() => setSure(true)} data-testid="delete">
              {t("library.delete")}
              <span className="hidden-text"> {document.title}</span>
            </Button>
          )}
        </div>
      )}
      <Remarks document={document} />
    </li>
  );
}

function State({ document }: { document: ShelvedDocument }) {
  const { t } = useTranslation();
  if (document.state === "reading") {
    const left = document.seconds_left;
    return (
      <span className="doc-reading">
        <Meter label={t("library.reading", { name: document.title })} share={document.progress} />
        <span className="soft small">
          {left === null
            ? t("library.state.reading")
            : t("library.left", { seconds: Math.ceil(left) })}
        </span>
      </span>
    );
  }
  if (document.state === "ready") {
    return <span className="doc-good small">{t("library.state.ready")}</span>;
  }
  const bad = document.state === "failed";
  return (
    <span className={bad ? "doc-bad small" : "soft small"}>
      {t(`library.state.${document.state}`)}
    </span>
  );
}

/** Pages that failed and passages that look like orders, for the teacher only. */
function Remarks({ document }: { document: ShelvedDocument }) {
  const { t } = useTranslation();
  const told = document.messages.filter(({ level }) => level !== "info");
  if (told.length === 0) return null;
  const list = (remarks: typeof told) => (
    <ul className="remarks">
      {remarks.map((remark) => (
        <li key={`${remark.page}-${remark.content}`} className="small">
          {remark.page === null ? "" : `${t("common.page", { page: remark.page })} `}
          {remark.content}
        </li>
      ))}
    </ul>
  );
  return (
    <div className="doc-remarks">
      {list(told.slice(0, SHOWN))}
      {told.length > SHOWN && (
        <details className="small">
          <summary>{t("library.moreRemarks", { count: told.length - SHOWN })}</summary>
          {list(told.slice(SHOWN))}
        </details>
      )}
    </div>
  );
}

function Replace({ document, act }: Pick<Props, "document"> & { act: Run }) {
  const { t } = useTranslation();
  const id = useId();
  const dialogue = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);

  async function send(file: File) {
    const name = encodeURIComponent(file.name);
    const path = `/api/documents/${encodeURIComponent(document.id)}/file?file_name=${name}`;
    setShare(0);
    await act(() => upload(path, file, setShare).done);
    setShare(null);
  }

  if (share !== null) {
    return <Meter label={t("library.sent", { name: document.title })} share={share} />;
  }
  return (
    <>
      <Button look="plain" onClick={() => dialogue.current?.click()}>
        {t("library.replace")}
        <span className="hidden-text"> {document.title}</span>
      </Button>
      <input
        ref={dialogue}
        id={id}
        className="hidden-text"
        type="file"
        tabIndex={-1}
        aria-label={t("library.replace")}
        accept={ACCEPTED}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) void send(file);
        }}
      />
    </>
  );
}
