/** One file on its way to the platform, with progress: what `fetch` cannot tell, XMLHttpRequest can. No React. */
import { ApiError } from "../../api";

export interface Upload {
  /** Resolves with the answer's JSON, or nothing when there is none. */
  done: Promise<unknown>;
  cancel: () => void;
}

export function upload(
  path: string,
  file: Blob,
  onProgress: (share: number) => void,
  make: () => XMLHttpRequest = () => new XMLHttpRequest(),
): Upload {
  const request = make();
  const done = new Promise<unknown>((resolve, reject) => {
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(json(request.responseText));
      else reject(refusal(request));
    };
    request.onerror = () => reject(new ApiError(0, "offline", "", null, null));
    request.onabort = () => reject(new ApiError(0, "cancelled", "", null, null));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function json(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

function refusal(request: XMLHttpRequest): ApiError {
  try {
    const { error } = JSON.parse(request.responseText) as {
      error: { code: string; message: string; id: string };
    };
    return new ApiError(request.status, error.code, error.message, error.id, null);
  } catch {
    // A proxy in between answers with a page; the status says enough.
    const code = request.status === 413 ? "too_large" : "internal";
    return new ApiError(request.status, code, "", null, null);
  }
}
