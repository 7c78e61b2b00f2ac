import { useCallback, useEffect, useRef, useState } from "react";
import type { Resource } from "../../ui/useResource";

interface Fresh<T> {
  resource: Resource<T>;
  /** Load again; what is shown stays until something newer is there. */
  refresh: () => void;
  /** The last attempt failed, and what is shown may be old. */
  stale: boolean;
  /** Show this, which an action has just brought. */
  show: (value: T) => void;
}

/** What `load` brings, kept while it is loaded again: for pages that live. */
export function useFresh<T>(load: () => Promise<T>): Fresh<T> {
  const [resource, setResource] = useState<Resource<T>>({ state: "loading" });
  const [stale, setStale] = useState(false);
  const newest = useRef(0);

  const refresh = useCallback(() => {
    newest.current += 1;
    const mine = newest.current;
    load().then(
      (value) => {
        if (mine !== newest.current) return;
        setResource({ state: "ready", value });
        setStale(false);
      },
      (error: unknown) => {
        if (mine !== newest.current) return;
        setStale(true);
        setResource((shown) => (shown.state === "ready" ? shown : { state: "failed", error }));
      },
    );
  }, [load]);

  useEffect(() => {
    setResource({ state: "loading" });
    refresh();
    return () => {
      newest.current += 1;
    };
  }, [refresh]);

  const show = useCallback((value: T) => {
    newest.current += 1;
    setResource({ state: "ready", value });
    setStale(false);
  }, []);

  return { resource, refresh, stale, show };
}
