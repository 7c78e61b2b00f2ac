/** What the platform tells of a cited document. */
import { ApiError, api } from "../../api";
import { at } from "../../api/client";
import type { Citation } from "../../protocol";
import type { Rectangle } from "./geometry";

export type Source =
  | { kind: "pdf"; data: ArrayBuffer; address: string }
  /** The whole text. */
  | { kind: "text"; text: string }
  /** Slides and the like, whose text comes page by page. */
  | { kind: "pages"; version: string | undefined }
  /** Nothing is left of it but the quotation. */
  | { kind: "gone" };

/** The document as it was when it was cited; as it is now where that version is not kept. */
export async function read(citation: Citation): Promise<Source> {
  const { document } = citation;
  const version = citation.version || undefined;
  try {
    const { kind } = await api.documents.one(document);
    return await orNow(
      (wanted) => (kind === "pdf" ? file(citation, wanted) : text(citation, kind, wanted)),
      version,
    );
  } catch (error) {
    if (isMissing(error)) return { kind: "gone" };
    throw error;
  }
}

async function file(citation: Citation, version?: string): Promise<Source> {
  const id = citation.document;
  const found = await api.documents.file(id, { version });
  const kind = found.headers.get("Content-Type") ?? "";
  // It was replaced by a PDF after it had been cited.
  if (!kind.includes("pdf")) return text(citation, "docx", version);
  const query = version === undefined ? "" : `?version=${at(version)}`;
  const address = `/api/documents/${at(id)}/file${query}`;
  return { kind: "pdf", data: await found.arrayBuffer(), address };
}

async function text({ document, page }: Citation, kind: string, version?: string): Promise<Source> {
  if (kind === "md" || kind === "txt") {
    const found = await api.documents.text(document, { version });
    return { kind: "text", text: await found.text() };
  }
  await pageText(document, page, version);
  return { kind: "pages", version };
}

/** The text of one page; offsets of citations count its characters. */
export async function pageText(id: string, page: number, version?: string): Promise<string> {
  return (await api.documents.page(id, String(page), { version })).text;
}

/** Where the engine measured the quoted words on their page; none when it does not know. */
export async function measured(citation: Citation): Promise<readonly Rectangle[]> {
  const { document, page, start, end } = citation;
  const version = citation.version || undefined;
  try {
    return (await api.documents.page(document, String(page), { start, end, version })).boxes ?? [];
  } catch {
    // The words are searched on the page instead.
    return [];
  }
}

async function orNow<T>(get: (version?: string) => Promise<T>, version?: string): Promise<T> {
  try {
    return await get(version);
  } catch (error) {
    if (version === undefined || !isMissing(error)) throw error;
    return get();
  }
}

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
