import { describe, expect, it } from "vitest";
import type { Citation } from "../../protocol";
import type { ChatTurn } from "../../realtime";
import { sounding } from "./sounding";

const place = (n: number): Citation => ({
  n,
  document: "d",
  title: "Stars",
  page: n,
  quote: "x",
  start: 0,
  end: 1,
  version: "",
});

const turn = (more: Partial<ChatTurn>): ChatTurn => ({
  key: "t:1",
  role: "tutor",
  text: "Stars shine.",
  state: "speaking",
  heard: 0,
  citations: [place(1), place(2)],
  lit: [],
  latency: null,
  choices: [],
  spoken: false,
  ...more,
});

describe("sounding", () => {
  it("is the last place that the words of now rest on", () => {
    expect(sounding([turn({ lit: [1, 2] })])?.page).toBe(2);
    expect(sounding([turn({ lit: [1] }), turn({ role: "student", lit: [] })])?.page).toBe(1);
  });

  it("is nothing between places, after the answer, or before its places are known", () => {
    expect(sounding([turn({})])).toBeNull();
    expect(sounding([turn({ lit: [1], state: "done" })])).toBeNull();
    expect(sounding([turn({ lit: [3] })])).toBeNull();
    expect(sounding([])).toBeNull();
  });
});
