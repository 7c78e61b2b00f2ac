import { useId } from "react";
import { useTranslation } from "react-i18next";
import { MODES, type Mode } from "../../api";
import { Icon } from "../../ui/Icon";
import { modeIcons } from "./modeIcons";
import "./teaching.css";

interface Props {
  chosen: Mode;
  /** The tutor's own way. */
  usual: Mode;
  disabled?: boolean;
  /** What is asked; as a student is asked when absent. */
  legend?: string;
  onChoose: (mode: Mode) => void;
}

/** The four ways in which a tutor can teach. */
export function ModeCards({ chosen, usual, disabled, legend, onChoose }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="modes" disabled={disabled}>
      <legend>{legend ?? t("mode.choose")}</legend>
      {MODES.map((mode) => (
        <label key={mode} className="mode" data-testid="mode-card" data-mode={mode}>
          <input
            className="hidden-text"
            type="radio"
            name={id}
            value={mode}
            checked={chosen === mode}
            onChange={() => onChoose(mode)}
            aria-describedby={`${id}-${mode}`}
          />
          <span className="mode-name">
            <Icon name={modeIcons[mode]} size={18} />
            {t(`mode.${mode}.name`)}
            {mode === usual && <span className="mode-usual">{t("mode.usual")}</span>}
          </span>
          <span className="mode-line" id={`${id}-${mode}`}>
            {t(`mode.${mode}.line`)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
