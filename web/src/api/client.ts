/** One request to the platform: JSON in, JSON out, the cookie does the rest. Never keeps a token. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What the student can quote to whoever helps. */
    readonly id: string | null,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

const watchers = new Set<() => void>();

/** Be told when the platform no longer knows who is asking. */
export function onSignedOut(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

/** A part of an address. */
export const at = (id: string | number): string => encodeURIComponent(String(id));

/** One operation: the answer's JSON, nothing when there is none, or the response itself when it is a file. */
export async function call<T>(
  method: Method,
  path: string,
  { body, query }: { body?: unknown; query?: Query } = {},
): Promise<T> {
  const response = await fetched(method, path + search(query), body);
  if (response.status === 204) return undefined as T;
  const kind = response.headers.get("Content-Type") ?? "application/json";
  return (kind.includes("json") ? await response.json() : response) as T;
}

function search(query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) words.append(name, String(one));
  }
  return words.size === 0 ? "" : `?${words}`;
}

async function fetched(method: Method, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body instanceof FormData) {
    init.body = body;
  } else if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError(0, "offline", "", null, null);
  }
  if (response.ok) return response;
  const error = await refusal(response);
  if (response.status === 401 && path !== "/api/auth/sign-in") for (const tell of watchers) tell();
  throw error;
}

async function refusal(response: Response): Promise<ApiError> {
  const retry = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  let code = response.status === 502 || response.status === 504 ? "engine_unreachable" : "internal";
  let message = "";
  let id: string | null = null;
  try {
    const body = (await response.json()) as {
      error?: { code?: string; message?: string; id?: string };
    };
    code = body.error?.code ?? code;
    message = body.error?.message ?? "";
    id = body.error?.id ?? null;
  } catch {
    // A proxy in between answers with a page; the status says enough.
  }
  return new ApiError(response.status, code, message, id, Number.isFinite(retry) ? retry : null);
}
