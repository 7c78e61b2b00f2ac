/** The page in two languages. The choice is kept in the browser until a signed-in person's own is known. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../api";
import { en, type Translation } from "./en";
import { zh } from "./zh";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Translation };
  }
}

const KEPT = "tutor.language";

export const LANGUAGES: readonly Language[] = ["en", "zh"];

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function mark(language: string): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export async function startI18n(): Promise<void> {
  i18next.on("languageChanged", mark);
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: firstLanguage(),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export function speak(language: Language): void {
  localStorage.setItem(KEPT, language);
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
