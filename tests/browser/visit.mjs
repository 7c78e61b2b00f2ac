// A headless browser on our pages: how it is started, what is waited for, what is written down.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];
/** On a machine that does ten things at once. */
const PATIENCE_MS = 60_000;

/**
 * Runs `journey` in a fresh browser whose microphone plays `options.wav`, once or (`options.loop`) again and again.
 * Prints one JSON object of what was seen; an error is a part of it.
 */
export async function visit(journey) {
  const options = JSON.parse(process.argv[2]);
  mkdirSync(options.out, { recursive: true });
  const facts = { console: [], axe: [] };
  const sound = `--use-file-for-fake-audio-capture=${options.wav}${options.loop ? "" : "%noloop"}`;
  const args = options.wav ? [...FLAGS, sound] : FLAGS;
  const browser = await chromium.launch({ executablePath: options.chromium, args, headless: true });
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    locale: options.locale ?? "en",
    permissions: ["microphone"],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on("console", (line) => {
    if (line.type() === "error") facts.console.push(line.text());
  });
  page.on("pageerror", (error) => facts.console.push(String(error)));
  const shot = (name, more = {}) => page.screenshot({ path: join(options.out, `${name}.png`), ...more });
  const id = (name) => page.getByTestId(name);
  const state = (name) => page.locator(`[data-testid=state][data-state=${name}]`).waitFor();
  const until = (condition, value) => page.waitForFunction(condition, value, { timeout: PATIENCE_MS });
  /** What keeps somebody out of this page. */
  const accessible = async (name) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { iframes: false }));
    for (const { id, impact, nodes } of violations)
      for (const { target } of nodes) facts.axe.push(`${name}: ${impact} ${id} ${target.join(" ")}`);
  };
  try {
    await journey({ options, facts, page, shot, id, state, until, accessible });
  } catch (error) {
    facts.error = String(error);
    await shot("error");
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify(facts));
}

export async function signIn({ page, options, id }) {
  await page.goto(options.url);
  await page.locator("#username").fill(options.username);
  await page.locator("#password").fill(options.password);
  await id("sign-in").click();
  await id("tutors").waitFor();
}
