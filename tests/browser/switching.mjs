// A student turns from one tutor to another and back in one lesson page: the face changes, the connection stays.
// Called by test_switching.py with one JSON argument; prints one JSON object of what was seen.
import { signIn, visit } from "./visit.mjs";

/** Counts what a reconnect would need, from before the first script of the page. */
function count() {
  globalThis.__made = { offers: 0, sockets: 0 };
  const { createOffer } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createOffer = function (...given) {
    globalThis.__made.offers += 1;
    return createOffer.apply(this, given);
  };
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      globalThis.__made.sockets += 1;
    }
  };
}

/** Waits until the face differs from the one before by more than a face differs from itself; returns milliseconds. */
async function changed() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  const look = () => {
    const face = document.querySelector("#face");
    if (face === null || face.videoWidth === 0) return null;
    paint.drawImage(face, 0, 0, 32, 32);
    return Array.from(paint.getImageData(0, 0, 32, 32).data);
  };
  const apart = (one, other) => one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  globalThis.__before ??= look();
  const before = globalThis.__before;
  const begun = performance.now();
  for (;;) {
    const now = look();
    if (now !== null && apart(now, before) > 12) {
      globalThis.__before = null;
      return performance.now() - begun;
    }
    if (performance.now() - begun > 45_000) return null;
    await new Promise((done) => setTimeout(done, 40));
  }
}

await visit(async ({ options, facts, page, shot, id, state, until, accessible }) => {
  await page.addInitScript(count);
  await signIn({ page, options, id });
  const remember = () =>
    page.evaluate(() => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 32;
      const paint = canvas.getContext("2d");
      paint.drawImage(document.querySelector("#face"), 0, 0, 32, 32);
      globalThis.__before = Array.from(paint.getImageData(0, 0, 32, 32).data);
    });
  const card = page.locator("[data-testid=tutor]").filter({ hasText: options.tutor });
  await card.getByTestId("start-with").click();
  await until(() => document.querySelector("#face")?.currentTime > 1);
  await id("start-typing").click();
  await state("speaking");
  await state("waiting");
  await id("question").fill("What is a star made of?");
  await page.keyboard.press("Enter");
  await page.locator("[data-testid=turn][data-role=tutor]").first().waitFor();

  facts.changes = [];
  const mine = new URL(page.url()).pathname.split("/").at(-1);
  const turn = async (choose) => {
    await id("switcher").click();
    const row = choose();
    await row.waitFor();
    await accessible("switcher");
    await remember();
    await row.click();
    facts.changes.push(await page.evaluate(changed));
  };
  await turn(() => page.getByTestId("switch-tutor").filter({ hasText: options.other }));
  await page.getByRole("heading", { level: 1 }).filter({ hasText: options.other }).waitFor();
  await state("speaking");
  await shot("1-other-tutor");
  await state("waiting");
  await turn(() => page.locator(`[data-testid=switch-chat][data-lesson="${mine}"]`));
  await page.getByRole("heading", { level: 1 }).filter({ hasText: options.tutor }).waitFor();
  // It does not greet again, and answers where it was asked.
  await state("waiting");
  const turns = page.locator("[data-testid=turn]");
  facts.before = await turns.count();
  await id("question").fill("What is nuclear fusion?");
  await page.keyboard.press("Enter");
  await state("speaking");
  await page.locator("[data-testid=citation]").last().waitFor();
  await shot("2-back");
  facts.after = await turns.count();
  facts.made = await page.evaluate(() => globalThis.__made);
  await id("stop").click();
  await state("waiting");
  await id("leave").click();
  await id("summary").waitFor();
  await shot("3-summary", { fullPage: true });
  await accessible("summary");
  facts.asked = await id("summary").innerText();
});
