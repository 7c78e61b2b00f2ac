// A student who holds a key to talk, in a quiz: chooses how to learn, answers with a number, is heard only while Space
// is held, asks for time to think, and goes on in another way. The microphone hears somebody speak all the time.
// Called by test_talking.py with one JSON argument; prints one JSON object of what was seen.
import { signIn, visit } from "./visit.mjs";

await visit(async (visited) => {
  const { options, facts, page, shot, id, state, until, accessible } = visited;
  const turns = (role) => page.locator(`[data-testid=turn][data-role=${role}]`);
  const mode = (name) => page.locator(`[data-testid=mode][data-mode=${name}]`).waitFor();

  await signIn(visited);
  const card = page.locator("[data-testid=tutor]").filter({ hasText: options.tutor });
  await card.locator("[data-mode=quiz]").click();
  await shot("1-quiz-chosen");
  await card.getByTestId("start-with").click();
  await mode("quiz");
  await id("start").click();
  await state("speaking");
  // Whose tutor usually has a key to hold is not heard before it is held.
  await state("waiting");
  facts.hold = await id("talk-hold").isChecked();
  facts.unheard = await turns("student").count();

  await id("question").fill(options.topic);
  await id("send").click();
  await id("choice").first().waitFor();
  facts.choices = await id("choice").evaluateAll((all) => all.map(({ lastChild }) => lastChild.textContent));
  await shot("2-choices");
  await accessible("quiz");
  // Out of the box in which "2" would be written.
  await page.locator("#face").click();
  await page.keyboard.press("2");
  await turns("student").nth(1).waitFor();
  facts.chosen = await turns("student").nth(1).locator(".turn-words").innerText();
  await page.locator("[data-open=false]").first().waitFor();
  facts.inert = await id("choice").first().getAttribute("aria-disabled");

  await turns("tutor").nth(2).waitFor();
  await state("waiting");
  await page.keyboard.down("Space");
  await page.locator("[data-testid=talk][data-live=true]").waitFor();
  await until(() => /fusion/i.test(document.querySelector("[data-testid=caption-student]")?.textContent ?? ""));
  await shot("3-holding");
  facts.partial = await id("sure").count();
  await page.keyboard.up("Space");
  await turns("student").nth(2).waitFor();
  facts.heard = await turns("student").nth(2).innerText();

  await page.getByText(options.justTalk, { exact: true }).click();
  await page.keyboard.press("t");
  await state("patient");
  facts.patient = true;
  await shot("4-thinking");
  await accessible("thinking");
  await page.keyboard.press("t");
  await page.getByText(options.holdToTalk, { exact: true }).click();
  await id("talk").waitFor();

  await id("mode").click();
  await page.locator("dialog [data-mode=practice]").click();
  await shot("5-changing");
  await accessible("change of mode");
  await id("mode-done").click();
  await mode("practice");
  const before = await turns("student").count();
  await id("question").fill(options.question);
  await id("send").click();
  await turns("student").nth(before).waitFor();
  await state("speaking");
  await shot("6-practice");

  // Everything is in the record, and the choice of the key stays with the person.
  await page.reload();
  await mode("practice");
  facts.recorded = await turns("student").locator(".turn-words").allInnerTexts();
  facts.kept = await id("choice").count();
  facts.stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
});
