// Looks at every page with axe: each language, light and dark, on a small phone and a desktop. A page is loaded once per
// language; theme and width change in place. Called by test_every_page.py; prints one JSON object of what was found.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const options = JSON.parse(process.argv[2]);
const SIZES = [
  { name: "phone", width: 320, height: 640 },
  { name: "desktop", width: 1280, height: 800 },
];
const THEMES = ["light", "dark"];
const PATIENCE_MS = 30_000;
/** A page that still waits after so long shows what it shows while waiting; that must be accessible as well. */
const SETTLE_MS = 6_000;

mkdirSync(options.out, { recursive: true });
const found = { looked: 0, axe: [], wide: [], console: [], stuck: [], markup: [], told: [] };
const browser = await chromium.launch({
  executablePath: options.chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
});

/** What reaches beyond the right edge, outermost first. */
function widest() {
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 6)
    .map(({ tagName, className }) => `${tagName.toLowerCase()}.${String(className).replaceAll(" ", ".")}`)
    .join(" > ");
}

async function arrive(role, language) {
  const context = await browser.newContext({
    viewport: SIZES[1],
    locale: language === "zh" ? "zh-CN" : "en",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const token = options.tokens[role];
  if (token) {
    const { hostname } = new URL(options.url);
    await context.addCookies([{ name: "tutor_session", value: token, domain: hostname, path: "/" }]);
    await context.request.patch(`${options.url}/api/auth/me`, { data: { language } });
  }
  const page = await context.newPage();
  page.on("pageerror", (error) => found.console.push(`${page.url()}: ${error}`));
  return { context, page };
}

async function look(page, { path, address }, language) {
  await page.setViewportSize(SIZES[1]);
  await page.goto(options.url + address, { waitUntil: "domcontentloaded" });
  await page.locator("main").first().waitFor();
  const settled = () => !document.querySelector(".waiting") && document.querySelector("h1, h2, .notice, form, video");
  await page.waitForFunction(settled, undefined, { timeout: SETTLE_MS }).catch(() => found.stuck.push(path));
  // What people wrote is markup in this house; it is read as words, and never becomes an element.
  if ((await page.locator(options.markup.selector).count()) > 0) found.markup.push(path);
  if ((await page.locator("body").innerText()).includes(options.markup.words)) found.told.push(path);
  await page.evaluate(axe);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
      const name = `${path} ${language} ${theme} ${size.name}`;
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run(document, { iframes: false, resultTypes: ["violations"] }),
      );
      found.looked += 1;
      for (const { id, impact, nodes } of violations)
        for (const { target } of nodes) found.axe.push(`${name}: ${impact} ${id} ${target.join(" ")}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > size.width) found.wide.push(`${name}: ${width} px: ${await page.evaluate(widest)}`);
      const file = name.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-/, "");
      if ((theme === "dark") === (size.name === "phone"))
        await page.screenshot({ path: join(options.out, `${file}.jpg`), type: "jpeg", quality: 60 });
    }
  }
}

try {
  for (const language of options.languages) {
    for (const role of Object.keys(options.tokens)) {
      const pages = options.pages.filter((page) => page.role === role);
      if (pages.length === 0) continue;
      const { context, page } = await arrive(role, language);
      for (const one of pages) await look(page, one, language);
      await context.close();
    }
  }
} catch (error) {
  found.error = String(error);
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
