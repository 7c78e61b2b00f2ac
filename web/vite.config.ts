import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const platform = process.env.PLATFORM_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
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
