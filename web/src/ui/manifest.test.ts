/** What a phone or a desktop needs to keep the app among its own: the manifest, and pictures of the sizes it names. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const PUBLIC = new URL("../../public/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.webmanifest", PUBLIC), "utf8"));
/** Where a PNG tells its width and its height. */
const WIDTH_AT = 16;
const HEIGHT_AT = 20;

it("opens by itself, in its own window", () => {
  expect(manifest).toMatchObject({ start_url: "/", scope: "/", display: "standalone" });
  expect(manifest.name.length).toBeGreaterThan(0);
  const index = readFileSync(new URL("../index.html", PUBLIC), "utf8");
  expect(index).toContain('<link rel="manifest" href="/manifest.webmanifest" />');
});

it("has its pictures in the sizes that it names", () => {
  const pictures = (manifest.icons as { src: string; sizes: string; purpose?: string }[]).filter(
    ({ src }) => src.endsWith(".png"),
  );
  for (const { src, sizes } of pictures) {
    const file = readFileSync(new URL(src.slice(1), PUBLIC));
    expect(`${file.readUInt32BE(WIDTH_AT)}x${file.readUInt32BE(HEIGHT_AT)}`).toBe(sizes);
  }
  expect(pictures.map(({ sizes }) => sizes)).toContain("192x192");
  expect(pictures.map(({ purpose }) => purpose)).toContain("maskable");
});
