import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Sheet } from "../../ui/Sheet";

interface Props {
  label: string;
  warning: string;
  busy: boolean;
  /** Asked for by typing a word, because it cannot be undone. */
  onConfirm: () => void;
}

/** A button that deletes for good: it asks for a word first. */
export function Confirm({ label, warning, busy, onConfirm }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [word, setWord] = useState("");
  const wanted = t("admin.confirmWord");
  const close = () => {
    setOpen(false);
    setWord("");
  };
  return (
    <>
      <Button disabled={busy} onClick={() => setOpen(true)} data-testid="delete">
        {label}
      </Button>
      {open && (
        <Sheet kind="card" label={label} onClose={close}>
          <form
            className="confirm"
            onSubmit={(event) => {
              event.preventDefault();
              close();
              onConfirm();
            }}
          >
            <h2>{label}</h2>
            <p>{warning}</p>
            <div className="field">
              <label htmlFor="confirm-word">{t("admin.confirmLabel", { word: wanted })}</label>
              <input
                className="input"
                id="confirm-word"
                autoComplete="off"
                value={word}
                onChange={(event) => setWord(event.target.value)}
              />
            </div>
            <div className="confirm-actions">
              <Button onClick={close}>{t("common.cancel")}</Button>
              <Button
                look="primary"
                type="submit"
                disabled={word.trim().toLowerCase() !== wanted.toLowerCase()}
                data-testid="confirm-delete"
              >
                {label}
              </Button>
            </div>
          </form>
        </Sheet>
      )}
    </>
  );
}
