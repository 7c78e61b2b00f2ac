import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const STEP = 1000;

export interface Amounts {
  count: (value: number) => string;
  bytes: (value: number) => string;
  moment: (iso: string) => string;
}

/** Numbers, sizes and moments in the reader's language. */
export function useAmounts(): Amounts {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = i18n.language === "zh" ? "zh-CN" : "en-GB";
    const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    return {
      count: (value) => whole.format(value),
      bytes: (value) => {
        const step = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
        return `${short.format(value / STEP ** step)} ${UNITS[step]}`;
      },
      moment: (iso) => moment.format(new Date(iso)),
    };
  }, [i18n.language]);
}
