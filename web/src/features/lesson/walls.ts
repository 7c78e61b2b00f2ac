/** The colours at the left and right edge of a picture, so that the room around it can continue them. */

const SIZE = 16;

/** Two CSS colours, or null while the picture has no pixels. */
export function wallColours(source: HTMLVideoElement | HTMLImageElement): [string, string] | null {
  const width = source instanceof HTMLVideoElement ? source.videoWidth : source.naturalWidth;
  if (width === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.drawImage(source, 0, 0, SIZE, SIZE);
  // The upper half: shoulders and desks below are not walls.
  const edge = (x: number): string => mean(context.getImageData(x, 0, 1, SIZE / 2).data);
  return [edge(0), edge(SIZE - 1)];
}

function mean(pixels: Uint8ClampedArray): string {
  const count = pixels.length / 4;
  const sum = [0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    for (let channel = 0; channel < 3; channel += 1) {
      sum[channel] = (sum[channel] ?? 0) + (pixels[at + channel] ?? 0);
    }
  }
  return `rgb(${sum.map((total) => Math.round(total / count)).join(" ")})`;
}
