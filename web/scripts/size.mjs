// Prints the gzipped weight of the built page and fails above the budget of the first load.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const html = readFileSync(join(dist, "index.html"), "utf8");
const weigh = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length / 1000;

let first = 0;
for (const name of readdirSync(join(dist, "assets"))) {
  const kilobytes = weigh(join("assets", name));
  const initial = html.includes(name);
  if (initial && name.endsWith(".js")) first += kilobytes;
  console.log(
    `${name.padEnd(40)} ${kilobytes.toFixed(1).padStart(7)} kB gzip${initial ? "  first load" : ""}`,
  );
}
console.log(`script of the first load: ${first.toFixed(1)} kB gzip of ${BUDGET_KB}`);
if (first > BUDGET_KB) process.exitCode = 1;
if (/<script(?![^>]*\bsrc=)|\sstyle=/.test(html)) {
  console.error(
    "index.html holds an inline script or style, which the content security policy refuses",
  );
  process.exitCode = 1;
}
