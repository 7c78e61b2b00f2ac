/**
 * PDF.js, loaded only when a PDF is opened. Its worker, character maps and fonts come from our own origin; it runs no
 * script of a document and builds no code at run time.
 */
import {
  GlobalWorkerOptions,
  getDocument,
  type PDFDocumentLoadingTask,
  type PDFPageProxy,
  TextLayer,
} from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import type { Rectangle, Run } from "./geometry";

GlobalWorkerOptions.workerSrc = workerAddress;

/** Where the build lays what some documents need: see vite.config.ts. */
const PARTS = `${import.meta.env.BASE_URL}pdfjs/`;

/** A canvas beyond this many pixels is refused by phones. */
const MAX_PIXELS = 12_000_000;

export function openPdf(data: ArrayBuffer): PDFDocumentLoadingTask {
  return getDocument({
    data,
    cMapUrl: `${PARTS}cmaps/`,
    standardFontDataUrl: `${PARTS}standard_fonts/`,
    wasmUrl: `${PARTS}wasm/`,
    useWasm: false,
    isEvalSupported: false,
    enableXfa: false,
    useSystemFonts: true,
  });
}

export interface PageSize {
  width: number;
  height: number;
}

/** Size of a page in points, as it is seen. */
export function sizeOf(page: PDFPageProxy): PageSize {
  const { width, height } = page.getViewport({ scale: 1 });
  return { width, height };
}

/** Draws a page `width` CSS pixels wide; aborting leaves the canvas as it is. */
export async function drawPage(
  page: PDFPageProxy,
  canvas: HTMLCanvasElement,
  width: number,
  signal: AbortSignal,
): Promise<void> {
  const seen = sizeOf(page);
  const wanted = (width / seen.width) * Math.min(window.devicePixelRatio || 1, 2);
  const most = Math.sqrt(MAX_PIXELS / (seen.width * seen.height));
  const viewport = page.getViewport({ scale: Math.min(wanted, most) });
  const drawn = document.createElement("canvas");
  drawn.width = Math.round(viewport.width);
  drawn.height = Math.round(viewport.height);
  const task = page.render({ canvas: drawn, viewport });
  signal.addEventListener("abort", () => task.cancel());
  await task.promise;
  if (signal.aborted) return;
  // Drawn beside the page and shown whole: a page that is turned or zoomed never flickers white.
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  canvas.getContext("2d")?.drawImage(drawn, 0, 0);
}

/** Lays the words of a page over it, so that they can be selected, found and read aloud. */
export async function layWords(
  page: PDFPageProxy,
  layer: HTMLElement,
  width: number,
  signal: AbortSignal,
): Promise<void> {
  const scale = width / sizeOf(page).width;
  const words = new TextLayer({
    textContentSource: page.streamTextContent(),
    container: layer,
    viewport: page.getViewport({ scale }),
  });
  signal.addEventListener("abort", () => words.cancel());
  layer.replaceChildren();
  layer.style.setProperty("--total-scale-factor", String(scale));
  await words.render();
}

/** The words of a page with their places. */
export async function runsOf(page: PDFPageProxy): Promise<Run[]> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  const runs: Run[] = [];
  for (const item of items) {
    if (!("str" in item) || item.str === "") continue;
    const [, , c, d, x, y] = item.transform as [number, number, number, number, number, number];
    const height = item.height || Math.hypot(c, d);
    const [x1, y1] = viewport.convertToViewportPoint(x, y - 0.22 * height) as [number, number];
    const [x2, y2] = viewport.convertToViewportPoint(x + item.width, y + 0.88 * height) as [
      number,
      number,
    ];
    runs.push({ text: item.str, box: upright(x1, y1, x2, y2) });
  }
  return runs;
}

function upright(x1: number, y1: number, x2: number, y2: number): Rectangle {
  return {
    left: Math.min(x1, x2),
    right: Math.max(x1, x2),
    top: Math.min(y1, y2),
    bottom: Math.max(y1, y2),
  };
}

export type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
