// Bundles the panel's program. Its first line says from which sources, which a test compares (tests/map/test_bundle.py).

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

const sources = [...readdirSync("src").sort().map((name) => `src/${name}`), "build.mjs", "package-lock.json"];
const hash = createHash("sha256");
for (const source of sources) hash.update(`${source}\0`).update(readFileSync(source));

await build({
  entryPoints: ["src/main.ts"],
  outfile: process.argv[2] ?? "../../assets/glance/glance.js",
  banner: { js: `/* sources ${hash.digest("hex").slice(0, 16)} */` },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  loader: { ".css": "text" },
});
