// A student in a real browser: signs in, opens a lesson, asks by keyboard and by voice, interrupts, reloads.
// Called by test_lesson.py with one JSON argument; prints one JSON object of what was seen.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const options = JSON.parse(process.argv[2]);
mkdirSync(options.out, { recursive: true });

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
  `--use-file-for-fake-audio-capture=${options.wav}%noloop`,
];

/** Watches the picture and the sound of #face from inside the page, 25 times a second. */
function watch() {
  const face = document.querySelector("#face");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  audio.createMediaStreamSource(face.srcObject).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const log = [];
  let before = null;
  window.__seen = log;
  setInterval(() => {
    paint.drawImage(face, 0, 0, 128, 128);
    // The mouth lies in the middle third, below the centre, of every built-in face.
    const mouth = paint.getImageData(48, 62, 32, 24).data;
    let change = 0;
    if (before) for (let i = 0; i < mouth.length; i += 4) change += Math.abs(mouth[i] - before[i]);
    before = mouth;
    analyser.getFloatTimeDomainData(wave);
    const rms = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    log.push({ at: performance.now(), change: change / (mouth.length / 4), rms, time: face.currentTime });
  }, 40);
}

const facts = { console: [], states: [] };
const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS, headless: true });
const context = await browser.newContext({
  viewport: options.viewport ?? { width: 1280, height: 800 },
  locale: options.locale ?? "en",
  permissions: ["microphone"],
});
const page = await context.newPage();
page.on("console", (line) => {
  if (line.type() === "error") facts.console.push(line.text());
});
page.on("pageerror", (error) => facts.console.push(String(error)));
const shot = (name) => page.screenshot({ path: join(options.out, `${name}.png`) });
const id = (name) => page.getByTestId(name);
const state = (name, timeout = 30000) =>
  page.locator(`[data-testid=state][data-state=${name}]`).waitFor({ timeout });
const seen = () => page.evaluate(() => window.__seen.splice(0));

try {
  await page.goto(options.url);
  await page.locator("#username").fill(options.username);
  await page.locator("#password").fill(options.password);
  await shot("1-sign-in");
  await id("sign-in").click();
  await id("tutors").waitFor();
  await page.waitForTimeout(800);
  await shot("2-home");
  const card = page.locator("[data-testid=tutor]").filter({ hasText: options.tutor });
  await card.getByTestId("start-with").click();

  // The face moves before anything is pressed.
  const face = page.locator("#face");
  await face.waitFor();
  await page.waitForFunction(() => document.querySelector("#face").currentTime > 0.5, null, { timeout: 30000 });
  const early = await page.evaluate(() => document.querySelector("#face").currentTime);
  await page.waitForTimeout(1000);
  facts.idleSeconds = (await page.evaluate(() => document.querySelector("#face").currentTime)) - early;
  await shot("3-before-start");

  await id(options.wav ? "start" : "start-typing").click();
  await page.evaluate(watch);
  await state("speaking");
  await shot("4-greeting");
  await state(options.wav ? "listening" : "waiting");
  await page.waitForTimeout(1500);
  facts.silence = (await seen()).slice(-25);

  if (options.wav) {
    // The recorded voice asks by itself.
    await page.locator("[data-testid=caption-student]").waitFor({ timeout: 60000 });
    await shot("5-student-speaks");
    await page.locator("[data-testid=turn][data-role=student]").last().waitFor({ timeout: 30000 });
    facts.heard = await page.locator("[data-testid=turn][data-role=student]").last().innerText();
    await state("speaking");
    await seen();
    await page.waitForTimeout(3000);
    facts.speaking = await seen();
    await shot("6-answer");
    facts.caption = await id("caption-tutor").innerText();
    facts.citations = await id("citation").count();
    facts.lit = await page.locator("[data-testid=citation][data-lit=true]").count();
    await id("citation").first().click();
    await id("document").waitFor();
    await page.waitForTimeout(800);
    facts.passage = await id("passage").first().innerText();
    await shot("7-document");
    await id("close-document").click();
    await state("listening", 60000);
  }

  // A typed question, interrupted.
  if (await id("keyboard").isVisible().catch(() => false)) await id("keyboard").click();
  const turns = await page.locator("[data-testid=turn][data-role=tutor]").count();
  await id("question").fill(options.question);
  await shot("8-typed");
  await id("send").click();
  await state("speaking");
  await page.waitForTimeout(2500);
  facts.answering = await seen();
  await shot("9-speaking");
  await id("stop").first().click();
  await page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last().waitFor();
  await page.waitForTimeout(700);
  await seen();
  await page.waitForTimeout(1200);
  facts.afterStop = await seen();
  await shot("10-interrupted");
  const cut = page.locator("[data-testid=turn][data-role=tutor]").nth(turns);
  facts.cut = { heard: await cut.getByTestId("heard").innerText(), whole: await cut.innerText() };

  // The record after a reload is the same.
  await page.reload();
  await page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last().waitFor();
  const again = page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last();
  facts.record = { heard: await again.getByTestId("heard").innerText() };
  await page.waitForTimeout(500);
  await shot("11-reloaded");
  facts.address = page.url();
  facts.stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
} catch (error) {
  facts.error = String(error);
  await shot("error");
} finally {
  await browser.close();
}
console.log(JSON.stringify(facts));
