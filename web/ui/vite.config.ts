import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { budget } from "./budget.ts";
import { compress } from "./compress.ts";

const FIRST_PAGE = ["/src/identity/SignInPage.tsx", "/src/records/RecordListPage.tsx"];

export default defineConfig({
  plugins: [react(), budget({ modules: FIRST_PAGE, maxBytes: 350_000 }), compress()],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    // Route-level chunks are the only splitting: custom splits have open code generation bugs in Vite 8.
    chunkSizeWarningLimit: 1200,
  },
  server: {
    port: 5173,
    proxy: {
      // The server to develop against, when it is not the one of `./run`. It refuses writes whose origin is not its host.
      "/api": { target: process.env.DOUGONG_API ?? "http://127.0.0.1:8000", changeOrigin: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
