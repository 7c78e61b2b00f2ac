import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api";

export interface ErrorText {
  text: string;
  /** Shown for errors that somebody has to look up. */
  id: string | null;
}

const OWN = ["offline", "not_found", "engine_unreachable"] as const;

/** Turns whatever was thrown into a sentence: the page's own words first, then the server's. */
export function useErrorText(): (error: unknown) => ErrorText {
  const { t } = useTranslation();
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return { text: t("errors.internal"), id: null };
      const own = OWN.find((code) => code === error.code);
      if (own !== undefined) return { text: t(`errors.${own}`), id: null };
      const id = error.status >= 500 && error.retryAfterSeconds === null ? error.id : null;
      return { text: error.message || t("errors.internal"), id };
    },
    [t],
  );
}
