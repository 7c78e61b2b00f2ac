// A real browser inside the client's network. Called with one JSON argument; reads commands from standard
// input and answers with one JSON line each (see remote.py). Every page does each command, at the same time.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const options = JSON.parse(process.argv[2]);

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${options.wav}`,
];

// A browser gives the microphone to pages of this machine only, so the page comes from here.
const html = await readFile(new URL("page.html", import.meta.url));
const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(html));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${server.address().port}/`;

const headers = { authorization: `Bearer ${options.api_key}`, "content-type": "application/json" };
async function enrol(user) {
  const tutor = { name: "Ada", language: "en", avatar_id: "ada", voice: "ada" };
  const body = JSON.stringify({ tutor_id: 1, student_id: user, tutor });
  const answer = await fetch(`${options.engine}/v1/sessions`, { method: "POST", headers, body });
  return answer.json();
}

async function iceServers() {
  const answer = await fetch(`${options.engine}/v1/webrtc/config`, { headers });
  return (await answer.json()).iceServers;
}

const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS, headless: true });
const context = await browser.newContext({ permissions: ["microphone"] });
const pages = await Promise.all(
  options.codecs.map(async (codec, number) => {
    const user = options.first_user + number;
    const lesson = await enrol(user);
    const page = await context.newPage();
    await page.goto(address);
    const socket = `${options.engine.replace("http", "ws")}/ws/user_${user}`;
    await page.evaluate((told) => window.begin(told), {
      socket,
      user,
      codec,
      token: lesson.engine_token,
      session: lesson.session_id,
    });
    return page;
  }),
);

async function obey({ do: verb, ...given }) {
  if (verb === "join" && given.relay) given.iceServers = await iceServers();
  return Promise.all(
    pages.map((page) => page.evaluate(([verb, given]) => window.lesson[verb](given), [verb, given])),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { result: await obey(JSON.parse(line)) };
  } catch (error) {
    answer = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
server.close();
