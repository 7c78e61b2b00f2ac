/**
 * News from the platform for this tab: one stream of server-sent events, open while any part of the page listens.
 * The browser opens it again by itself; after a gap everybody is asked to look again.
 */

export type NewsName = "wall" | "alerts" | "company" | "words";
type Listener = (data: unknown) => void;

const ADDRESS = "/api/news";
const NAMES: readonly NewsName[] = ["wall", "alerts", "company", "words"];
const AGAIN_MS = 5_000;
/** A stream that was refused for good (signed out, or a proxy's error page) is tried again after this. */

const listeners = new Map<NewsName, Set<Listener>>();
let source: EventSource | null = null;
let again: ReturnType<typeof setTimeout> | undefined;

/** Be told; returns how to stop. */
export function listen(name: NewsName, listener: Listener): () => void {
  const told = listeners.get(name) ?? new Set();
  listeners.set(name, told.add(listener));
  open();
  return () => {
    told.delete(listener);
    if ([...listeners.values()].every((set) => set.size === 0)) close();
  };
}

function open(): void {
  if (source !== null || typeof EventSource === "undefined") return;
  clearTimeout(again);
  const opened = new EventSource(ADDRESS);
  source = opened;
  for (const name of NAMES) {
    opened.addEventListener(name, (event: MessageEvent<string>) => tell(name, event.data));
  }
  opened.onerror = () => {
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    source = null;
    again = setTimeout(open, AGAIN_MS);
  };
}

function close(): void {
  clearTimeout(again);
  source?.close();
  source = null;
}

function tell(name: NewsName, raw: string): void {
  let data: unknown;
  try {
    data = JSON.parse(raw);
  } catch {
    // Half an event of a proxy; the next one is whole.
    return;
  }
  for (const listener of listeners.get(name) ?? []) listener(data);
}
