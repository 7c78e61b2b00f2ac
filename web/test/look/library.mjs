// What the stand-in's tutors teach from, and what they answer.

const CLOUDS = `# Clouds and rain

## Where clouds come from

The sun warms the ground, and the ground warms the air above it. Warm air is lighter than cold air, so it rises.
As it rises, it spreads out and cools.

Warm air can hold more water vapour than cold air. When rising air cools to its *dew point*, the vapour turns into
tiny drops of water around specks of dust. **A cloud is made of millions of these drops.**

## Why it rains

- The drops in a cloud are so small that air keeps them up.
- They bump into each other and grow.
- When a drop is too heavy for the air to hold, it falls as rain.

## Kinds of clouds

Cirrus clouds are thin and high. Cumulus clouds look like cotton. Stratus clouds cover the sky like a blanket.
`;

const SCALE = `# 分数的认识

## 什么是分数

把一个整体平均分成若干份，这样的一份或几份都可以用分数表示。分数线下面的数叫做**分母**，表示平均分成多少份；
分数线上面的数叫做**分子**，表示取了多少份。

## 比较大小

分母相同的两个分数，分子大的分数就大。分子相同的两个分数，分母小的分数反而大。
`;

const quoteOf = (text, quote) => {
  const start = Array.from(text.slice(0, text.indexOf(quote))).length;
  return { quote, start, end: start + Array.from(quote).length };
};

export const documents = {
  clouds: {
    id: "clouds",
    title: "Clouds and rain",
    kind: "md",
    pages: 1,
    tutor_id: "ada",
    text: CLOUDS,
  },
  water: { id: "water", title: "The water cycle", kind: "pdf", pages: 2, tutor_id: "ada" },
  fractions: {
    id: "fractions",
    title: "分数的认识",
    kind: "md",
    pages: 1,
    tutor_id: "lin",
    text: SCALE,
  },
};

const refs = (tutor) =>
  Object.values(documents)
    .filter((document) => document.tutor_id === tutor)
    .map(({ id, title, kind, pages }) => ({ id, title, kind, pages }));

export const tutors = [
  {
    id: "ada",
    name: "Ada",
    language: "en",
    subject: "Weather and climate",
    summary: "Explains the sky in small steps and asks you to look out of the window.",
    greeting: "Hello, I am Ada. What have you noticed about the weather today?",
    voice: "en-f1",
    avatar_id: "ada",
    poster_url: "/api/avatars/ada/poster",
    mode: "explain",
    pace: 1,
    push_to_talk: false,
    documents: refs("ada"),
  },
  {
    id: "lin",
    name: "林老师",
    language: "zh",
    subject: "小学数学",
    summary: "从生活里的例子讲起，一步一步弄明白为什么。",
    greeting: "你好，我是林老师。今天想弄明白什么？",
    voice: "zh-m1",
    avatar_id: "lin",
    poster_url: "/api/avatars/lin/poster",
    mode: "socratic",
    pace: 1.2,
    push_to_talk: true,
    documents: refs("lin"),
  },
];

export const answers = {
  ada: {
    text: "Clouds form when warm air rises and cools. When rising air cools to its dew point, the vapour turns into tiny drops of water around specks of dust. Have you seen the same thing happen on a cold window?",
    citations: [
      {
        n: 1,
        document: "clouds",
        title: "Clouds and rain",
        page: 1,
        ...quoteOf(
          CLOUDS,
          "When rising air cools to its *dew point*, the vapour turns into\ntiny drops of water around specks of dust.",
        ),
      },
      {
        n: 2,
        document: "water",
        title: "The water cycle",
        page: 2,
        quote: "Water vapour condenses when air cools.",
        start: 0,
        end: 38,
      },
    ],
  },
  lin: {
    text: "把一个整体平均分成若干份，这样的一份或几份都可以用分数表示。分母表示平均分成多少份，分子表示取了多少份。你能把一张饼分成四份，说说其中三份怎么写吗？",
    citations: [
      {
        n: 1,
        document: "fractions",
        title: "分数的认识",
        page: 1,
        ...quoteOf(SCALE, "把一个整体平均分成若干份，这样的一份或几份都可以用分数表示。"),
      },
    ],
  },
};

/** A two-page document in the oldest way to write one. */
export function pdf() {
  const page = (words) => `BT /F1 18 Tf 72 720 Td (${words}) Tj ET`;
  const streams = [page("The water cycle"), page("Water vapour condenses when air cools.")];
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
    ...streams.map(
      (_, i) =>
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${5 + i} 0 R/Resources<</Font<</F1 7 0 R>>>>>>`,
    ),
    ...streams.map((s) => `<</Length ${s.length}>>stream\n${s}\nendstream`),
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = body.length;
    body += `${i + 1} 0 obj${object}endobj\n`;
    return at;
  });
  const start = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const at of offsets) body += `${String(at).padStart(10, "0")} 00000 n \n`;
  return `${body}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF`;
}

/** A question of a quiz, with answers to choose from. */
export const quizzes = {
  ada: {
    text: "Here is the first question. What do the drops in a cloud form around?",
    choices: ["Specks of dust", "Grains of sand", "Bubbles of warm air"],
  },
  lin: {
    text: "第一题：分数线下面的数叫做什么？",
    choices: ["分子", "分母", "整体"],
  },
};
