/** A check as text, for a teacher or whoever looks after the network. No names, no passwords. */
import type { TFunction } from "i18next";
import { effectOf, type Finding, isTrouble, type Verdict } from "../../realtime/doctor";

export const seenText = (t: TFunction, { code, values }: Finding): string =>
  t(`check.seen.${code}`, values).trim();

/** What a trouble means for the lesson, and what to do; nothing for the others. */
export function adviceText(
  t: TFunction,
  found: Finding,
): { means: string; next: string } | undefined {
  if (!isTrouble(found)) return undefined;
  return {
    means: t(`check.means.${effectOf(found)}`),
    next: t(`check.todo.${found.code}`, found.values),
  };
}

export interface About {
  page: string;
  browser: string;
  at: Date;
}

export function reportText(
  t: TFunction,
  findings: readonly Finding[],
  verdict: Verdict,
  { page, browser, at }: About,
): string {
  const lines = findings.flatMap((found) => {
    const { code, step, status } = found;
    const advice = adviceText(t, found);
    return [
      `[${status} ${code}] ${t(`check.step.${step}`)}: ${seenText(t, found)}`,
      ...(advice ? [`    ${advice.means}`, `    ${t("check.next")} ${advice.next}`] : []),
    ];
  });
  return [
    `${t("product")} · ${t("check.reportTitle")} · ${at.toISOString()}`,
    t(`check.verdict.${verdict}`),
    "",
    ...lines,
    "",
    `${t("check.reportPage")}: ${page}`,
    `${t("check.reportBrowser")}: ${browser}`,
    "",
  ].join("\n");
}
