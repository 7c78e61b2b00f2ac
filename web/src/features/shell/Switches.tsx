import { useTranslation } from "react-i18next";
import { api, type Language } from "../../api";
import { LANGUAGES, speak } from "../../i18n";
import { Button } from "../../ui/Button";
import { chooseTheme, theme } from "../../ui/theme";
import { useStore } from "../../ui/useStore";
import { useSession } from "../session/session";

const NAMES = { en: "shell.english", zh: "shell.chinese" } as const;
const TAGS = { en: "en", zh: "zh-CN" } as const;

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const { current } = useSession();

  function choose(language: Language) {
    speak(language);
    // The page already speaks it; keeping the choice may fail without harm.
    if (current.state === "in") api.accounts.changeMe({ language }).catch(() => undefined);
  }

  return (
    <fieldset className="languages">
      <legend className="hidden-text">{t("shell.language")}</legend>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={TAGS[language]}
          aria-pressed={i18n.language === language}
          onClick={() => choose(language)}
          data-testid={`language-${language}`}
        >
          {t(NAMES[language])}
        </button>
      ))}
    </fieldset>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const dark = useStore(theme) === "dark";
  return (
    <Button
      look="plain"
      icon={dark ? "sun" : "moon"}
      iconOnly
      onClick={() => chooseTheme(dark ? "light" : "dark")}
      data-testid="theme"
    >
      {t(dark ? "shell.toLight" : "shell.toDark")}
    </Button>
  );
}
