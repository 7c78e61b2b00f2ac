// An administrator: sets a limit, names a safety contact, takes the school's data away, looks at servers and work.
// Called with one JSON argument (see ../visit.mjs); prints one JSON object of what was seen.
import { signIn, visit } from "../visit.mjs";

await visit(async (visited) => {
  const { options, facts, page, shot, id, accessible } = visited;
  await signIn(visited);
  await page.goto(`${options.url}/admin`);
  await id("room-usage").click();
  await id("meters").waitFor();
  await page.locator("#lessons_at_once").fill("7");
  await id("save").click();
  await page.locator("[data-testid=outcome]:not(:empty)").waitFor();
  facts.limit = await id("meters").locator("li").first().innerText();
  await shot("1-usage");
  await accessible("usage");

  await page.goto(`${options.url}/admin/retention`);
  await page.locator("#recording_days").fill("30");
  await id("save").click();
  await page.locator("[data-testid=outcome]:not(:empty)").waitFor();
  await page.reload();
  await page.locator("#recording_days").waitFor();
  facts.kept = await page.locator("#recording_days").inputValue();
  await shot("2-retention");

  await page.goto(`${options.url}/admin/contacts`);
  await page.locator("#contact-name").fill("Mei <b>Wang</b>");
  await page.locator("#contact-email").fill("mei@school.example");
  await id("add-contact").click();
  await id("contacts").waitFor();
  facts.contact = await id("contacts").locator("strong").first().innerText();
  await shot("3-contacts");

  await page.goto(`${options.url}/admin/data`);
  await id("export-school").click();
  const ready = page.locator("[data-testid=exports] a[download]");
  for (let tries = 0; tries < 60 && (await ready.count()) === 0; tries += 1) {
    await page.reload();
    await id("export-school").waitFor();
    await ready.first().waitFor({ timeout: 1_000 }).catch(() => undefined);
  }
  const [download] = await Promise.all([page.waitForEvent("download"), ready.first().click()]);
  facts.file = download.suggestedFilename();
  await shot("4-data");
  await accessible("data");

  await page.goto(`${options.url}/admin/servers`);
  await id("nodes").waitFor();
  facts.node = await id("nodes").innerText();
  await shot("5-servers");
  await page.goto(`${options.url}/admin/jobs`);
  await id("jobs").waitFor();
  await shot("6-jobs");
  await accessible("jobs");
  await page.goto(`${options.url}/status`);
  await id("status").waitFor();
  await shot("7-status");
});
