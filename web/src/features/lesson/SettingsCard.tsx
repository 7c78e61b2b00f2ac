import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Sheet } from "../../ui/Sheet";
import { useStillness } from "../../ui/useMedia";
import { useStore } from "../../ui/useStore";
import { LanguageSwitch, ThemeSwitch } from "../shell/Switches";
import { type CaptionSize, prefer, preferences } from "./preferences";

const SIZES: readonly CaptionSize[] = ["small", "medium", "large"];

const KEYS = [
  ["keys.space", "settings.keyTalk"],
  ["keys.think", "settings.keyThink"],
  ["keys.choices", "settings.keyChoose"],
  ["keys.escape", "settings.keyStop"],
  ["keys.captions", "settings.keyCaptions"],
] as const;

interface Props {
  onClose: () => void;
  onCheck: () => void;
  onProblem: () => void;
}

export function SettingsCard({ onClose, onCheck, onProblem }: Props) {
  const { t } = useTranslation();
  const chosen = useStore(preferences);
  const lessMotion = useStillness();
  return (
    <Sheet kind="card" label={t("settings.title")} onClose={onClose}>
      <div className="settings">
        <header className="settings-head">
          <h2>{t("settings.title")}</h2>
          <LanguageSwitch />
          <ThemeSwitch />
        </header>
        <fieldset className="choices">
          <legend>{t("settings.captionSize")}</legend>
          {SIZES.map((size) => (
            <label key={size} className="choice">
              <input
                type="radio"
                name="caption-size"
                checked={chosen.captionSize === size}
                onChange={() => prefer({ captionSize: size })}
              />
              {t(`settings.${size}`)}
            </label>
          ))}
        </fieldset>
        <label className="choice">
          <input
            type="checkbox"
            checked={chosen.still ?? lessMotion}
            onChange={(event) => prefer({ still: event.target.checked })}
          />
          {t("settings.still")}
        </label>
        <label className="choice">
          <input
            type="checkbox"
            checked={chosen.keys}
            onChange={(event) => prefer({ keys: event.target.checked })}
          />
          {t("settings.shortcuts")}
        </label>
        <dl className="key-list" aria-label={t("settings.keys")}>
          {KEYS.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                <kbd>{t(key)}</kbd>
              </dt>
              <dd>{t(meaning)}</dd>
            </div>
          ))}
        </dl>
        <Button icon="pulse" onClick={onCheck}>
          {t("check.title")}
        </Button>
        <Button icon="warning" onClick={onProblem} data-testid="problem">
          {t("learning.problem.open")}
        </Button>
        <Button look="primary" onClick={onClose}>
          {t("settings.done")}
        </Button>
      </div>
    </Sheet>
  );
}
