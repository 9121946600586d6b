import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.ts";
import { quietIcons } from "./build/quiet-icons.ts";
import { servedPaths } from "./build/served-paths.ts";

// The gateway puts a fresh value in place of it with every page: its policy allows no inline style without.
const NONCE_PLACE = "__CSP_NONCE__";

export default defineConfig({
  plugins: [quietIcons(), react(), servedPaths(), compressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  html: { cspNonce: NONCE_PLACE },
  build: {
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    // Never inlined: the policy allows images of our own origin, and a hashed file is cached for good.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/auth", "/live", "/issuer", "/static"].map((path) => [path, "http://127.0.0.1:8000"]),
    ),
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test-setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "build/**/*.test.ts"],
    restoreMocks: true,
  },
});
