import { useCallback } from "react";
import { api, type LibraryView } from "../../api";
import { useFollowed } from "../../ui/useFollowed";

const POLL_MS = 1_500;

const reads = ({ shelf }: LibraryView): boolean =>
  shelf.some(({ state }) => state === "waiting" || state === "reading");

/** A library that follows what is being read. */
export const useLibrary = (id: string) =>
  useFollowed(
    useCallback(() => api.libraries.one(id), [id]),
    reads,
    POLL_MS,
  );
