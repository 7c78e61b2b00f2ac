import { useSyncExternalStore } from "react";
import type { Store } from "../realtime";

/** The present value of one observable fact. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
