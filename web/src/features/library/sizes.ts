/** What a library takes, and sizes as people read them. */
export const ACCEPTED = ".pdf,.docx,.pptx,.md,.markdown,.txt,.html,.htm,.zip";

const UNITS = ["kB", "MB", "GB"] as const;

/** Bytes as a short number with its unit. */
export function readable(bytes: number): string {
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 ? Math.max(0.1, size).toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
