// A teacher makes a tutor with a stock face and one PDF, and publishes it. Every click is counted.
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
  await id("sign-out").or(page.locator(".bar")).first().waitFor();
  await page.goto(`${options.url}/workshop/new`);
  await id("new-name").fill(options.tutor);
  await shot("1-name");
  await click(id("guide-next"));
  await id("face-choice").first().waitFor();
  await click(id("face-choice").first());
  await shot("2-face");
  await accessible("face");
  await click(id("guide-next"));
  await page.locator("input[type=file]").first().setInputFiles(options.pdf);
  clicks += 1;
  await page.getByText(options.pdfTitle).first().waitFor();
  await shot("3-document");
  await accessible("documents");
  await click(id("guide-next"));
  await id("preview").waitFor();
  await shot("4-ready");
  await click(id("publish"));
  await page.locator("[data-testid=tutor-state]").first().waitFor();
  facts.seconds = (Date.now() - began) / 1000;
  facts.clicks = clicks;
  await shot("5-published");
  await accessible("published");
});
