/** The room around the face: what lies at the picture's edges goes on to both sides. Decoration, never read. */

const SIDE = 64;
/** The outer part of the picture that goes on. Further in, hair and shoulders would appear a second time. */
const EDGE_SHARE = 0.16;

/** Paint left wall, picture and right wall side by side; false while the picture has no pixels. */
export function paintRoom(
  canvas: HTMLCanvasElement | null,
  source: HTMLVideoElement | HTMLImageElement,
): boolean {
  const video = source instanceof HTMLVideoElement;
  const width = video ? source.videoWidth : source.naturalWidth;
  const height = video ? source.videoHeight : source.naturalHeight;
  if (canvas === null || width === 0) return false;
  canvas.width = SIDE * 3;
  canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  if (pen === null) return false;
  const edge = width * EDGE_SHARE;
  pen.drawImage(source, 0, 0, width, height, SIDE, 0, SIDE, SIDE);
  // Mirrored at the seam, so that nothing breaks off there.
  pen.scale(-1, 1);
  pen.drawImage(source, 0, 0, edge, height, -SIDE, 0, SIDE, SIDE);
  pen.drawImage(source, width - edge, 0, edge, height, -3 * SIDE, 0, SIDE, SIDE);
  return true;
}
