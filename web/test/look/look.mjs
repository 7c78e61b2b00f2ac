// Takes a picture of every page in every dress, and checks each with axe.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { startPlatform } from "./platform.mjs";
import { scenes } from "./scenes.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const out = process.env.OUT ?? join(root, "var", "look");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const only = process.env.ONLY ?? "";

const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  small: { width: 320, height: 640 },
};
const DRESSES = [
  { size: "desktop", language: "en", theme: "light" },
  { size: "desktop", language: "zh", theme: "dark" },
  { size: "phone", language: "en", theme: "dark" },
  { size: "phone", language: "zh", theme: "light" },
  { size: "small", language: "en", theme: "light" },
];

async function check(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { iframes: false }),
  );
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const problems = violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${name}: ${violation.id} ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`,
    ),
  );
  if (wide > 0) problems.push(`${name}: ${wide} px wider than the window`);
  return problems;
}

mkdirSync(out, { recursive: true });
const browser = await launch();
const problems = [];
for (const { size, language, theme } of DRESSES) {
  for (const [scene, play] of Object.entries(scenes)) {
    const name = `${scene}-${size}-${language}-${theme}`;
    if (!name.includes(only)) continue;
    const platform = await startPlatform({ port: 0, language });
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      locale: language === "zh" ? "zh-CN" : "en-GB",
      hasTouch: size !== "desktop",
      permissions: scene.includes("refused") ? [] : ["microphone"],
      // axe is put into the page by the tool, not by the product.
      bypassCSP: false,
    });
    const engine = await context.newPage();
    await engine.goto(`${platform.address}/mock/engine`);
    const page = await context.newPage();
    page.on("console", (message) => {
      const text = message.text();
      const refused = /status of (401|404|503)/.test(text);
      const away = scene === "lesson-reconnecting" && /ERR_CONNECTION_(REFUSED|RESET)/.test(text);
      if (message.type() === "error" && !refused && !away)
        problems.push(`${name}: console: ${text}`);
    });
    page.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
    try {
      await play({ page, platform, language, phone: size !== "desktop" });
      await page.screenshot({ path: join(out, `${name}.png`) });
      problems.push(...(await check(page, name)));
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
      await page.screenshot({ path: join(out, `${name}-failed.png`) }).catch(() => undefined);
    }
    await context.close();
    platform.close();
  }
}
await browser.close();
for (const problem of problems) console.log(problem);
console.log(`${problems.length} problems; pictures in ${out}`);
process.exitCode = problems.length === 0 ? 0 : 1;
