import { useSyncExternalStore } from "react";

/** Whether this device has any network at all. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (reader) => {
      addEventListener("online", reader);
      addEventListener("offline", reader);
      return () => {
        removeEventListener("online", reader);
        removeEventListener("offline", reader);
      };
    },
    () => navigator.onLine,
  );
}
