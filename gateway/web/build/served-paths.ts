import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { PATHS } from "../src/paths.ts";

/** Writes `paths.json`: the addresses for which the gateway serves the page. Everything else it answers itself. */
export function servedPaths(): Plugin {
  let folder = "";
  return {
    name: "served-paths",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      writeFileSync(join(folder, "paths.json"), `${JSON.stringify(Object.values(PATHS), null, 1)}\n`);
    },
  };
}
