// A student in a real browser: signs in, checks the connection, opens a lesson, asks by keyboard and by voice,
// interrupts, reloads, looks at the history. Every page is checked with axe. Waits are for what is seen, not for time.
// Called by test_lesson.py with one JSON argument; prints one JSON object of what was seen.
import { visit } from "./visit.mjs";

/** A second of the watch below. */
const SECOND = 25;
const QUIET = 0.002;
const LOUD = 0.02;

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

await visit(async ({ options, facts, page, shot, id, state, until, accessible }) => {
  const pictures = () => until(() => [...document.images].every((image) => image.complete));
  const seen = () => page.evaluate(() => window.__seen.splice(0));

  /**
   * Two seconds of sound with a mouth that moves more than in silence. A machine that is too busy drops pictures,
   * never sound, so the mouth may come later; after eight seconds of sound without one, that is what was seen.
   */
  async function speaking() {
    const still = middle(facts.silence.map(({ change }) => change));
    const moves = ({ SECOND, LOUD, still }) => {
      const loud = window.__seen.filter(({ rms }) => rms > LOUD);
      const moving = loud.slice(-2 * SECOND).filter(({ change }) => change > 3 * still).length;
      return loud.length > 8 * SECOND || (loud.length > 2 * SECOND && moving > SECOND);
    };
    await until(moves, { SECOND, LOUD, still });
    return (await seen()).filter(({ rms }) => rms > LOUD).slice(-2 * SECOND);
  }

  /** The median of what is not zero. */
  function middle(values) {
    const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** The first whole second of silence from now on. */
  async function silence() {
    await seen();
    const lasts = ({ SECOND, QUIET }) =>
      window.__seen.length >= SECOND && window.__seen.slice(-SECOND).every(({ rms }) => rms < QUIET);
    await until(lasts, { SECOND, QUIET });
    return (await seen()).slice(-SECOND);
  }

  /** The check before a lesson, to its verdict. */
  async function checkConnection() {
    await id("to-check").click();
    await id("check-start").click();
    await id("heard-yes").click();
    await page.locator("[data-testid=verdict][data-verdict]").waitFor();
    facts.verdict = await id("verdict").getAttribute("data-verdict");
    const found = page.locator("[data-testid=finding]");
    facts.check = await found.evaluateAll((all) => all.map(({ dataset }) => dataset.code));
    await shot("2-check", { fullPage: true });
    await accessible("check");
    await page.goto(options.url);
    await id("tutors").waitFor();
  }

  await page.goto(options.url);
  await page.locator("#username").fill(options.username);
  await page.locator("#password").fill(options.password);
  await shot("1-sign-in");
  await accessible("sign-in");
  await id("sign-in").click();
  await id("tutors").waitFor();
  await pictures();
  await shot("2-home");
  await accessible("home");
  if (options.check) await checkConnection();
  const card = page.locator("[data-testid=tutor]").filter({ hasText: options.tutor });
  await card.getByTestId("start-with").click();

  // The face moves before anything is pressed.
  const face = page.locator("#face");
  await face.waitFor();
  await until(() => document.querySelector("#face").currentTime > 1.5);
  facts.moved = true;
  await shot("3-before-start");
  await accessible("before the lesson");

  await id(options.wav ? "start" : "start-typing").click();
  await page.evaluate(watch);
  await state("speaking");
  await shot("4-greeting");
  await state(options.wav ? "listening" : "waiting");
  facts.silence = await silence();

  if (options.wav) {
    // The recorded voice asks by itself.
    await page.locator("[data-testid=caption-student]").waitFor();
    await shot("5-student-speaks");
    await page.locator("[data-testid=turn][data-role=student]").last().waitFor();
    facts.heard = await page.locator("[data-testid=turn][data-role=student]").last().innerText();
    await state("speaking");
    await seen();
    facts.speaking = await speaking();
    await shot("6-answer");
    facts.caption = await id("caption-tutor").innerText();
    facts.citations = await id("citation").count();
    // One lights up while its sentence is spoken.
    await page.locator("[data-testid=citation][data-lit=true]").first().waitFor();
    facts.lit = true;
    await id("citation").first().click();
    await id("document").waitFor();
    await id("passage").first().waitFor();
    facts.passage = await id("passage").first().innerText();
    await shot("7-document");
    await accessible("document");
    await id("close-document").click();
    await state("listening");
  }

  // A typed question, interrupted.
  if (await id("keyboard").isVisible().catch(() => false)) await id("keyboard").click();
  const turns = await page.locator("[data-testid=turn][data-role=tutor]").count();
  await id("question").fill(options.question);
  await shot("8-typed");
  await id("send").click();
  await state("speaking");
  await seen();
  facts.answering = await speaking();
  // A host that is too busy sends a still picture, and the page says so.
  facts.level = await id("quality").getAttribute("data-level");
  facts.cause = await id("quality").getAttribute("data-cause");
  await shot("9-speaking");
  await id("stop").first().click();
  await page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last().waitFor();
  facts.afterStop = await silence();
  await shot("10-interrupted");
  await accessible("lesson");
  const cut = page.locator("[data-testid=turn][data-role=tutor]").nth(turns);
  facts.cut = { heard: await cut.getByTestId("heard").innerText(), whole: await cut.innerText() };

  // The record after a reload is the same.
  await page.reload();
  await page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last().waitFor();
  const again = page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last();
  facts.record = { heard: await again.getByTestId("heard").innerText() };
  await shot("11-reloaded");
  facts.address = page.url();
  await page.goto(`${options.url}/history`);
  await id("lesson-row").first().waitFor();
  await pictures();
  await shot("12-history");
  await accessible("history");
  await id("lesson-row").first().click();
  await page.locator("[data-testid=turn]").first().waitFor();
  await shot("13-record");
  await accessible("record");
  facts.stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
});
