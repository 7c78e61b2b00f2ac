import { useCallback } from "react";
import { api, type FaceView } from "../../api";
import { useFollowed } from "../../ui/useFollowed";

const POLL_MS = 1_000;

const isMade = ({ state }: FaceView): boolean => state === "waiting" || state === "building";

/** A face that follows how it is made. */
export const useFace = (id: string) =>
  useFollowed(
    useCallback(() => api.faces.one(id), [id]),
    isMade,
    POLL_MS,
  );
