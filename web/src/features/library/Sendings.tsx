import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";
import { Meter } from "./Meter";
import type { Sending, UploadQueue } from "./queue";

/** Files on their way: how far each is, and what went wrong. */
export function Sendings({ files, queue }: { files: readonly Sending[]; queue: UploadQueue }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const open = files.filter(({ state }) => state !== "done");
  if (open.length === 0) return null;
  return (
    <ul className="sendings" aria-label={t("library.sending")}>
      {open.map(({ id, file, state, share, error }) => (
        <li key={id} className="sending" data-testid="sending" data-state={state}>
          <span className="sending-name">{file.name}</span>
          {state === "failed" ? (
            <span className="small doc-bad" role="alert">
              {errorText(error).text}
            </span>
          ) : (
            <Meter label={t("library.sent", { name: file.name })} share={share} />
          )}
          <span className="sending-tools">
            {state === "failed" && (
              <Button onClick={() => queue.again(id)}>{t("common.tryAgain")}</Button>
            )}
            <Button look="plain" icon="close" iconOnly onClick={() => queue.remove(id)}>
              {t("library.stopFile", { name: file.name })}
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}
