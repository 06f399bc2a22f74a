import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

interface Budget {
  /** Route modules whose JavaScript counts, beside the entry. */
  readonly modules: readonly string[];
  readonly maxBytes: number;
}

type Chunks = ReadonlyMap<string, Rolldown.OutputChunk>;

function withImports(chunk: Rolldown.OutputChunk, chunks: Chunks, found: Set<Rolldown.OutputChunk>): void {
  if (found.has(chunk)) return;
  found.add(chunk);
  for (const name of chunk.imports) {
    const imported = chunks.get(name);
    if (imported) withImports(imported, chunks, found);
  }
}

/** Fails the build when what a first visit loads (gzip) outgrows its budget. */
export function budget({ modules, maxBytes }: Budget): Plugin {
  return {
    name: "dougong-budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const all = Object.values(bundle).filter((one) => one.type === "chunk");
        const chunks: Chunks = new Map(all.map((chunk) => [chunk.fileName, chunk]));
        const first = new Set<Rolldown.OutputChunk>();
        for (const chunk of all) {
          const isCounted = chunk.isEntry || modules.some((path) => chunk.facadeModuleId?.endsWith(path));
          if (isCounted) withImports(chunk, chunks, first);
        }
        const bytes = [...first].reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
        const text = `first page: ${Math.round(bytes / 1000)} kB of JavaScript (gzip), at most ${maxBytes / 1000} kB`;
        if (bytes > maxBytes) this.error(text);
        this.info(text);
      },
    },
  };
}
