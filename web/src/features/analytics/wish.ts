import { api } from "../../api";

/** What is counted. */
export interface Wish {
  class_id: string | null;
  /** First day, as 2026-03-02. */
  since: string;
}

export type Part = Parameters<typeof api.analytics.table>[0]["part"];

const DAY_MS = 86_400_000;

/** The first of so many days that end today; the platform counts days in UTC. */
export function since(days: number, now = Date.now()): string {
  return new Date(now - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** All days from the first to the last, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** Hand one table to the browser as a file. */
export async function download(part: Part, wish: Wish): Promise<void> {
  const response = await api.analytics.table({ part, ...wish });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `${part}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
