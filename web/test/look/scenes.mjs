// How to come to each page that is looked at.
import { answers, tutors } from "./library.mjs";

const tutorFor = (language) => tutors.find((tutor) => tutor.language === language);
const QUESTION = { en: "Why do clouds form?", zh: "什么是分数？" };

function turn(seq, role, content, more = {}) {
  return {
    id: `t${seq}`,
    seq,
    role,
    content,
    heard: null,
    interrupted: false,
    citations: [],
    choices: [],
    source: null,
    created_at: "2026-11-19T16:00:00Z",
    ...more,
  };
}

/** Two lessons of the past; the second one was interrupted once. */
function past(language) {
  const tutor = tutorFor(language);
  const { text, citations } = answers[tutor.id];
  const cut = text.slice(0, Math.round(text.length * 0.62));
  return [
    {
      id: "p1",
      tutor: tutors[1],
      mode: "quiz",
      started_at: "2026-10-28T09:20:00Z",
      ended_at: "2026-10-28T09:41:00Z",
      engine_session_id: null,
      turns: [],
    },
    {
      id: "p2",
      tutor: tutor,
      mode: tutor.mode,
      started_at: "2026-11-19T16:00:00Z",
      ended_at: null,
      engine_session_id: "ep2",
      turns: [
        turn(1, "assistant", tutor.greeting, { heard: tutor.greeting }),
        turn(2, "user", QUESTION[language], { source: "voice" }),
        turn(3, "assistant", text, { heard: cut, interrupted: true, citations }),
        turn(
          4,
          "user",
          language === "zh" ? "等一下，平均分是什么意思？" : "Wait, what is a dew point?",
          { source: "text" },
        ),
        turn(5, "assistant", text, { heard: text, citations: citations.slice(0, 1) }),
      ],
    },
  ];
}

async function signIn({ page, platform, language }, lessons = past(language)) {
  platform.state.signedIn = true;
  platform.state.lessons.push(...lessons);
  await page.goto(platform.address);
  await page.getByTestId("tutors").or(page.locator(".empty")).waitFor();
}

async function enter(look, pace = 120, mode = null) {
  await signIn(look);
  look.platform.state.pace = pace;
  const card = look.page.locator(`[data-tutor=${tutorFor(look.language).id}]`);
  if (mode !== null) await card.locator(`[data-mode=${mode}]`).click();
  await card.getByTestId("start-with").click();
  await look.page.locator("[data-state=waiting]").waitFor();
  await look.page.waitForTimeout(500);
}

async function begin(look, pace, mode = null) {
  await enter(look, pace, mode);
  look.platform.state.thinking = 50;
  await look.page.getByTestId("start").click();
  await look.page.locator("[data-testid=turn][data-turn-state=done]").waitFor();
}

async function type({ page, language }, words = QUESTION[language]) {
  const box = page.getByTestId("question");
  if (!(await box.isVisible())) await page.getByTestId("keyboard").click();
  await box.fill(words);
  await box.press("Enter");
}

async function ask(look, share = 0.45) {
  look.platform.state.pace = 90;
  await type(look);
  await look.page.locator("[data-state=speaking]").waitFor();
  const { text } = answers[tutorFor(look.language).id];
  await look.page.waitForFunction(
    (least) =>
      (document.querySelector("[data-testid=turn]:last-of-type [data-testid=heard]")?.textContent
        ?.length ?? 0) > least,
    text.length * share,
  );
}

async function examine({ page }) {
  await page.getByTestId("check-start").click();
  await page.getByTestId("heard-no").click();
  await page.locator("[data-verdict]").waitFor();
}

export const scenes = {
  "sign-in": async ({ page, platform }) => {
    await page.goto(platform.address);
    await page.getByTestId("sign-in").waitFor();
  },
  "sign-in-wrong": async ({ page, platform }) => {
    await page.goto(platform.address);
    await page.locator("#username").fill("student");
    await page.locator("#password").fill("guess");
    await page.getByTestId("sign-in").click();
    await page.getByTestId("notice").waitFor();
  },
  home: (look) => signIn(look),
  "home-empty": async (look) => {
    look.platform.state.tutors = [];
    await signIn(look, []);
  },
  "home-seats": async (look) => {
    look.platform.state.seats = false;
    await signIn(look, []);
    await look.page.getByTestId("start-with").first().click();
    await look.page.getByTestId("notice").waitFor();
  },
  "lesson-before": enter,
  "lesson-thinking": async (look) => {
    await begin(look, 5);
    look.platform.state.thinking = 60_000;
    await type(look);
    await look.page.locator("[data-state=thinking]").waitFor();
  },
  "lesson-speaking": async (look) => {
    await begin(look, 5);
    await ask(look);
  },
  "lesson-interrupted": async (look) => {
    await begin(look, 5);
    await ask(look);
    await look.page.getByTestId("stop").click();
    await look.page.locator("[data-turn-state=interrupted]").waitFor();
  },
  "lesson-hearing": async (look) => {
    await begin(look, 5);
    const id = look.platform.state.lessons.at(-1).engine_session_id;
    const content = look.language === "zh" ? "那为什么天" : "and why is the sky";
    look.platform.say({ type: "turn", state: "listening", engine_session_id: id });
    look.platform.say({
      type: "transcription",
      content,
      final: false,
      stable_chars: Math.round(content.length * 0.6),
      engine_session_id: id,
    });
    await look.page.getByTestId("sure").waitFor();
  },
  "lesson-holding": async (look) => {
    await begin(look, 5);
    await look.page.locator("label", { has: look.page.getByTestId("talk-hold") }).click();
    await look.page.getByTestId("talk").hover();
    await look.page.mouse.down();
    await look.page.locator("[data-testid=talk][data-live=true]").waitFor();
  },
  "lesson-pondering": async (look) => {
    await begin(look, 5);
    await look.page.locator("label", { has: look.page.getByTestId("talk-open") }).click();
    await look.page.keyboard.press("t");
    await look.page.locator("[data-state=patient]").waitFor();
  },
  "lesson-quiz": async (look) => {
    await begin(look, 5, "quiz");
    await type(look, look.language === "zh" ? "考考我" : "Test me");
    await look.page.getByTestId("choice").first().waitFor();
    await look.page.locator("[data-testid=turn]").nth(2).waitFor();
    await look.page.locator("[data-state=waiting], [data-state=listening]").waitFor();
  },
  "lesson-quiz-chosen": async (look) => {
    await begin(look, 5, "quiz");
    await type(look, look.language === "zh" ? "考考我" : "Test me");
    await look.page.getByTestId("choice").nth(1).click();
    await look.page.locator("[data-open=false]").waitFor();
    await look.page.locator("[data-testid=turn]").nth(4).waitFor();
  },
  "lesson-mode": async (look) => {
    await begin(look, 5);
    await look.page.getByTestId("mode").click();
    await look.page.locator("dialog [data-mode=practice]").click();
  },
  "lesson-mode-changed": async (look) => {
    await begin(look, 5);
    await look.page.getByTestId("mode").click();
    await look.page.locator("dialog [data-mode=practice]").click();
    await look.page.getByTestId("mode-done").click();
    await look.page.locator("[data-testid=mode][data-mode=practice]").waitFor();
    await type(look);
    await look.page.locator("[data-state=speaking]").waitFor();
  },
  "lesson-joined": async (look) => {
    await begin(look, 5);
    const ids = {
      engine_session_id: look.platform.state.lessons.at(-1).engine_session_id,
      turn_id: 50,
    };
    const [part, whole] =
      look.language === "zh"
        ? ["分数为什么", "分数为什么要平均分呢？"]
        : ["Why do clouds", "Why do clouds look grey before it rains?"];
    const said = { type: "transcription", role: "user", final: true, source: "voice" };
    look.platform.say({ ...said, content: part, ...ids });
    look.platform.say({ type: "turn", state: "thinking", ...ids });
    look.platform.say({ type: "text_delta", content: part, ...ids });
    look.platform.say({ type: "turn", state: "interrupted", heard: "", ...ids });
    await look.page.locator("[data-turn-state=interrupted]").waitFor();
    look.platform.say({ ...said, content: whole, ...ids, turn_id: 51 });
    await look.page.locator("[data-testid=turn]").getByText(whole).waitFor();
    look.platform.say({ type: "turn", state: "thinking", ...ids, turn_id: 51 });
  },
  "lesson-source": async (look) => {
    await begin(look, 5);
    await ask(look, 0.3);
    await look.page.getByTestId("citation").first().click();
    await look.page.getByTestId("passage").first().waitFor();
  },
  "lesson-file": async (look) => {
    if (look.language === "zh") return enter(look);
    await begin(look, 5);
    await ask(look, 0.3);
    await look.page.getByTestId("citation").nth(1).click();
    await look.page.getByTestId("passage").first().waitFor();
    await look.page.waitForTimeout(1_000);
  },
  "lesson-refused": async (look) => {
    await enter(look, 5);
    await look.page.getByTestId("start").click();
    await look.page.getByTestId("question").waitFor();
    await look.page.waitForTimeout(600);
  },
  "lesson-settings": async (look) => {
    await enter(look, 5);
    await look.page.getByTestId("settings").click();
  },
  "lesson-reduced": async (look) => {
    await begin(look, 5);
    const id = look.platform.state.lessons.at(-1).engine_session_id;
    const sent = { type: "quality", level: "still", reason: "network", loss_out: 0.09 };
    look.platform.say({ ...sent, engine_session_id: id });
    await look.page.locator("[data-testid=quality][data-level=still]").waitFor();
  },
  "lesson-writing": async (look) => {
    await begin(look, 5);
    const id = look.platform.state.lessons.at(-1).engine_session_id;
    look.platform.say({
      type: "quality",
      level: "text",
      reason: "network",
      engine_session_id: id,
    });
    await look.page.getByTestId("notice-check").waitFor();
  },
  "lesson-check": async (look) => {
    await enter(look);
    await look.page.getByTestId("check").click();
    await examine(look);
  },
  check: async (look) => {
    await signIn(look);
    await look.page.getByTestId("to-check").click();
    await examine(look);
  },
  "lesson-reconnecting": async (look) => {
    await begin(look, 5);
    look.platform.close();
    await look.page.locator("[data-state=reconnecting]").waitFor();
  },
  history: async (look) => {
    await signIn(look);
    await look.page.goto(`${look.platform.address}/history`);
    await look.page.getByTestId("lesson-row").first().waitFor();
  },
  record: async (look) => {
    await signIn(look);
    await look.page.goto(`${look.platform.address}/history/p2`);
    await look.page.getByTestId("turn").first().waitFor();
  },
  "record-source": async (look) => {
    await signIn(look);
    await look.page.goto(`${look.platform.address}/history/p2`);
    await look.page.getByTestId("citation").first().click();
    await look.page.getByTestId("passage").first().waitFor();
  },
};
