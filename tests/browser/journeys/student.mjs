// A new student: from the door to the first answer, in writing. Every click is counted.
// Called with one JSON argument (see ../visit.mjs); prints one JSON object of what was seen.
import { visit } from "../visit.mjs";

await visit(async ({ options, facts, page, shot, id, accessible }) => {
  let clicks = 0;
  const click = async (what) => {
    await what.click();
    clicks += 1;
  };
  await page.goto(options.url);
  const began = Date.now();
  await page.locator("#username").fill(options.username);
  await page.locator("#password").fill(options.password);
  await click(id("sign-in"));
  await id("tutors").waitFor();
  await shot("1-home");
  await accessible("home");
  const browser = await page.context().newCDPSession(page);
  const manifest = await browser.send("Page.getAppManifest");
  const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
  facts.install = [
    ...manifest.errors.map(({ message }) => message),
    ...installabilityErrors.map(({ errorId }) => errorId),
  ];
  const card = page.locator("[data-testid=tutor]").filter({ hasText: options.tutor });
  await click(card.getByTestId("start-with"));
  await click(id("start-typing"));
  if (await id("keyboard").isVisible().catch(() => false)) await click(id("keyboard"));
  await id("question").fill(options.question);
  const answers = page.locator("[data-testid=turn][data-role=tutor]");
  const before = await answers.count();
  await click(id("send"));
  await page.waitForFunction(
    ({ before }) => {
      const turns = [...document.querySelectorAll("[data-testid=turn]")];
      const asked = turns.findLastIndex((turn) => turn.dataset.role === "student");
      return asked >= 0 && turns.slice(asked + 1).some((turn) => turn.dataset.role === "tutor") && turns.length > before;
    },
    { before },
  );
  facts.seconds = (Date.now() - began) / 1000;
  facts.clicks = clicks;
  await shot("2-answer");
});
