import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** Dates in the reader's language. */
export function useFormats() {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = i18n.language === "zh" ? "zh-CN" : "en-GB";
    const moment = new Intl.DateTimeFormat(locale, {
      weekday: "long",
      day: "numeric",
      month: "long",
      hour: "2-digit",
      minute: "2-digit",
    });
    return {
      day: (iso: string) => moment.format(new Date(iso)),
      month: new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }),
    };
  }, [i18n.language]);
}
