/** The platform, as the pages see it: every operation by tag, and the addresses that are not operations. */
import { at } from "./client";
import { platform } from "./generated";

export { ApiError, onSignedOut } from "./client";
export * from "./types";

export const api = {
  ...platform,
  /** Opened by the browser itself, at its page. */
  documentFile: (id: string, page: number) => `/api/documents/${at(id)}/file#page=${page}`,
  socketUrl: (userId: string) =>
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws/proxy/user/${at(userId)}`,
};
