import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Id, type Mode } from "../../api";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Failed } from "../../ui/Loaded";
import { Sheet } from "../../ui/Sheet";
import { ModeCards } from "./ModeCards";
import { modeIcons } from "./modeIcons";

interface Props {
  lessonId: Id;
  mode: Mode;
  usual: Mode;
  onChanged: (mode: Mode) => void;
}

/** Says how the tutor teaches in this lesson; pressed, it offers the other ways. */
export function ModeChip({ lessonId, mode, usual, onChanged }: Props) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <button
        type="button"
        className="badge mode-chip"
        onClick={() => setChoosing(true)}
        aria-haspopup="dialog"
        title={t("mode.change")}
        data-testid="mode"
        data-mode={mode}
      >
        <Icon name={modeIcons[mode]} size={18} />
        <span className="hidden-text">{t("mode.now")}</span>
        {t(`mode.${mode}.name`)}
      </button>
      {choosing && (
        <ModeSheet
          lessonId={lessonId}
          mode={mode}
          usual={usual}
          onChanged={onChanged}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

function ModeSheet({ lessonId, mode, usual, onChanged, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(mode);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);

  async function change() {
    if (chosen === mode) return onClose();
    setBusy(true);
    setFailed(null);
    try {
      await api.lessons.change(lessonId, { mode: chosen });
      onChanged(chosen);
      onClose();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  return (
    <Sheet kind="card" label={t("mode.change")} onClose={onClose}>
      <div className="mode-sheet">
        <h2>{t("mode.change")}</h2>
        <ModeCards chosen={chosen} usual={usual} disabled={busy} onChoose={setChosen} />
        <p className="small">{t("mode.keeps")}</p>
        {failed !== null && <Failed error={failed} again={() => void change()} />}
        <div className="mode-sheet-foot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            disabled={busy}
            onClick={() => void change()}
            data-testid="mode-done"
          >
            {t(busy ? "mode.changing" : "mode.go")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
