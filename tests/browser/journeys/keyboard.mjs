// A student without a mouse: from the door through a lesson and out of it, by Tab, Enter, Escape and letters only.
// Called with one JSON argument (see ../visit.mjs); prints one JSON object of what was seen.
import { visit } from "../visit.mjs";

/** More places than any page has. */
const MOST_TABS = 80;

await visit(async ({ options, facts, page, shot, id, state, until }) => {
  const key = (name) => page.keyboard.press(name);
  const holds = (it) => document.activeElement?.closest(it) != null;
  const focused = (selector) => page.evaluate(holds, selector);
  /** What had vanished can be focused only once it is there again. */
  const soonFocused = (selector) =>
    page.waitForFunction(holds, selector, { timeout: 2000 }).then(
      () => true,
      () => false,
    );
  facts.unseen = [];

  /** Goes on by Tab to what is wanted; notes when one cannot see where one is. */
  async function to(testId, step = "Tab") {
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      if (await focused(`[data-testid=${testId}]`)) return;
      await key(step);
      const seen = await page.evaluate(() => {
        const here = document.activeElement;
        if (here === null || here === document.body) return "";
        const style = getComputedStyle(here.matches("input[type=radio]") ? (here.closest("label") ?? here) : here);
        return style.outlineStyle === "none" && style.boxShadow === "none" ? here.outerHTML.slice(0, 120) : "";
      });
      if (seen) facts.unseen.push(seen);
    }
    throw new Error(`${testId} is not reached by Tab`);
  }
  const press = async (testId) => {
    await to(testId);
    await key("Enter");
  };

  await page.goto(options.url);
  await page.locator("#username").waitFor();
  for (let tabs = 0; tabs < MOST_TABS && !(await focused("#username")); tabs += 1) await key("Tab");
  await page.keyboard.type(options.username);
  await key("Tab");
  await page.keyboard.type(options.password);
  await key("Enter");
  await id("tutors").waitFor();
  await press("start-with");
  await id("start-typing").waitFor();
  await press("start-typing");
  await id("question").waitFor();
  await to("question");
  await page.keyboard.type(options.question);
  await key("Enter");
  await state("speaking");
  await id("citation").first().waitFor();
  await shot("1-speaking");

  // Leave the box, so that letters are keys again.
  await to("captions-toggle", "Shift+Tab");
  await key("Escape");
  await page.locator("[data-testid=turn][data-role=tutor][data-turn-state=interrupted]").last().waitFor();
  await key("c");
  await until(() => document.querySelector("[data-testid=captions]") === null);
  await key("c");
  await id("captions").waitFor();

  await press("citation");
  await id("document").waitFor();
  await press("close-document");
  await until(() => document.querySelector("[data-testid=document]") === null);
  facts.back = await soonFocused("[data-testid=citation]");
  await shot("2-source-closed");

  await to("settings", "Shift+Tab");
  await key("Enter");
  await page.locator("dialog[open]").waitFor();
  await key("Escape");
  await until(() => document.querySelector("dialog[open]") === null);
  facts.settings = await soonFocused("[data-testid=settings]");
  await press("leave");
  await id("summary").waitFor();
  await shot("3-summary");
});
