import { expect, it } from "vitest";
import { type Parts, statusOf } from "./status";

const usual: Parts = {
  line: "open",
  media: "connected",
  started: true,
  phase: "idle",
  audible: true,
  pondering: false,
};

it.each([
  [{}, "listening"],
  [{ audible: false }, "waiting"],
  [{ phase: "listening", audible: false }, "listening"],
  [{ phase: "thinking" }, "thinking"],
  [{ pondering: true }, "patient"],
  [{ pondering: true, phase: "listening" }, "patient"],
  [{ pondering: true, phase: "speaking" }, "speaking"],
  [{ pondering: true, line: "broken" }, "reconnecting"],
  [{ phase: "speaking" }, "speaking"],
  [{ started: false }, "waiting"],
  [{ started: false, media: "connecting" }, "connecting"],
  [{ media: "connecting" }, "connecting"],
  [{ media: "connecting", phase: "speaking" }, "speaking"],
  [{ media: "broken", phase: "speaking" }, "reconnecting"],
  [{ media: "blocked", phase: "thinking" }, "thinking"],
  [{ media: "blocked" }, "listening"],
  [{ line: "broken", phase: "speaking" }, "reconnecting"],
  [{ line: "connecting" }, "connecting"],
  [{ line: "ended", media: "broken" }, "ended"],
] as const)("%o is %s", (change, status) => {
  expect(statusOf({ ...usual, ...change })).toBe(status);
});
