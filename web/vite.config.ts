import { readdirSync, readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const platform = process.env.PLATFORM_URL ?? "http://127.0.0.1:8000";

/** What PDF.js fetches for some documents: Chinese character maps, the standard fonts, a picture decoder. */
function partsOfPdf(): Plugin {
  const source = new URL("./node_modules/pdfjs-dist/", import.meta.url);
  return {
    name: "parts-of-pdf",
    apply: "build",
    generateBundle() {
      for (const folder of ["cmaps", "standard_fonts", "wasm"]) {
        for (const name of readdirSync(new URL(`${folder}/`, source))) {
          // Code for WebAssembly, which the content security policy does not allow, stays away.
          if (name.endsWith(".wasm")) continue;
          const data = readFileSync(new URL(`${folder}/${name}`, source));
          this.emitFile({ type: "asset", fileName: `pdfjs/${folder}/${name}`, source: data });
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), partsOfPdf()],
  server: {
    port: 3000,
    proxy: { "/api": { target: platform, ws: true } },
  },
  build: {
    target: "es2022",
    // The content security policy of the platform allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
  },
});
