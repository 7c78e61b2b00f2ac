import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { readServerEvent, say } from ".";
import schema from "./schema.json" with { type: "json" };

interface Case {
  name: string;
  message?: unknown;
  event?: unknown;
  raw?: string;
  repeat?: number;
}

const corpus = join(import.meta.dirname, "..", "..", "..", "tests", "corpus");
const cases = (name: string): Case[] =>
  JSON.parse(readFileSync(join(corpus, `${name}.json`), "utf8")) as Case[];
const rawOf = ({ raw, repeat = 1, event }: Case): string =>
  raw === undefined ? JSON.stringify(event) : raw.repeat(repeat);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(schema, "protocol");
const clientMessage = ajv.compile({ $ref: "protocol#/$defs/ClientMessage" });
const serverEvent = ajv.compile({ $ref: "protocol#/$defs/ServerEvent" });

describe("events of the server", () => {
  it.each(cases("server_good"))("$name: is read", (good) => {
    expect(readServerEvent(rawOf(good))).toEqual(good.event);
    expect(serverEvent(good.event), JSON.stringify(serverEvent.errors)).toBe(true);
  });

  it.each(cases("server_bad"))("$name: is ignored", (bad) => {
    expect(readServerEvent(rawOf(bad))).toBeNull();
  });

  it("ignores what is no text", () => {
    for (const raw of [undefined, null, 7, new ArrayBuffer(4), {}]) {
      expect(readServerEvent(raw)).toBeNull();
    }
  });

  it("never throws, whatever the bytes are", () => {
    const pieces = [
      '{"type":',
      '"text"',
      '"turn"',
      "null",
      "[",
      "]",
      "}",
      ":",
      ",",
      "\u0000",
      "云",
      "1e999",
    ];
    let seed = 7;
    const next = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed;
    };
    for (let round = 0; round < 2_000; round += 1) {
      const length = next() % 9;
      const raw = Array.from({ length }, () => pieces[next() % pieces.length]).join("");
      expect(() => readServerEvent(raw)).not.toThrow();
    }
  });
});

describe("messages of the page", () => {
  const to = { userId: "u1", lessonId: 3, engineSessionId: "e1" };
  const sent = [
    say.ask(to, "Why do clouds form?"),
    say.offer(to, "v=0\r\n"),
    say.candidate(to, { candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", sdpMid: "0" }),
    say.candidate(to, null),
    say.interrupt(to),
    say.greet(to),
    say.hold(to, "talk", true),
    say.hold(to, "think", false),
    say.stats(to, { bars: 5, reason: "good" }),
    say.ping(),
  ];

  it.each(sent.map((message) => [message.type, message] as const))(
    "%s matches the schema",
    (_, message) => {
      expect(clientMessage(message), JSON.stringify(clientMessage.errors)).toBe(true);
      if (message.type !== "ping") {
        expect(message).toMatchObject({ engine_session_id: "e1", session_id: 3 });
      }
    },
  );

  it("name the person wherever the protocol asks for it", () => {
    for (const message of sent) {
      if (/webrtc/.test(message.type)) expect(message).toHaveProperty("user_id", "u1");
    }
  });

  it("are told from wrong ones by the schema", () => {
    expect(clientMessage({ type: "text_webrtc", content: "", user_id: 1 })).toBe(false);
    expect(clientMessage({ type: "webrtc_offer", sdp: "v=0" })).toBe(false);
  });
});
