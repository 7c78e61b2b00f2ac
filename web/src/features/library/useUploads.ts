import { useEffect, useMemo, useRef } from "react";
import { useStore } from "../../ui/useStore";
import { UploadQueue } from "./queue";
import { upload } from "./upload";

/** Files on their way into a library, and what to do when one has arrived. */
export function useUploads(libraryId: string, onArrived: () => void) {
  const arrived = useRef(onArrived);
  arrived.current = onArrived;
  const queue = useMemo(
    () =>
      new UploadQueue(
        (file, onProgress) => {
          const name = encodeURIComponent(file.name);
          const path = `/api/libraries/${encodeURIComponent(libraryId)}/files?file_name=${name}`;
          return upload(path, file, onProgress);
        },
        () => arrived.current(),
      ),
    [libraryId],
  );
  useEffect(() => () => queue.close(), [queue]);
  return { files: useStore(queue.files), queue };
}
