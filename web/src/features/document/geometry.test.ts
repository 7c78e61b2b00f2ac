import { describe, expect, it } from "vitest";
import { findQuote, type Run } from "./geometry";

const run = (text: string, left: number, top: number, width = 10 * text.length): Run => ({
  text,
  box: { left, top, right: left + width, bottom: top + 12 },
});

describe("findQuote", () => {
  it("marks a part of a run by its share of the letters", () => {
    expect(findQuote([run("one two three", 100, 50)], "two")).toEqual([
      { left: 140, top: 50, right: 170, bottom: 62 },
    ]);
  });

  it("gives one rectangle a line and joins the runs of a line", () => {
    const runs = [run("The Moon ", 0, 0), run("is round", 90, 0), run("and grey.", 0, 20)];
    expect(findQuote(runs, "Moon is round and grey.")).toEqual([
      { left: 40, top: 0, right: 170, bottom: 12 },
      { left: 0, top: 20, right: 90, bottom: 32 },
    ]);
  });

  it("keeps two columns of one height apart", () => {
    const runs = [run("left", 0, 0), run("right", 300, 0)];
    expect(findQuote(runs, "left right")).toHaveLength(2);
  });

  it("does not mind spaces, hyphens at line ends, width, case or hidden marks", () => {
    const runs = [run("Gravi-", 0, 0), run("tation  PULLS（down）", 0, 20)];
    expect(findQuote(runs, "gravitation **pulls** (down)")).toHaveLength(2);
    expect(findQuote([run("朔 望 月", 0, 0)], "朔望月")).toHaveLength(1);
    expect(findQuote([run("ﬁre 😀 burns", 0, 0)], "fire 😀 burns")).toHaveLength(1);
  });

  it("says when the words are not there, or when there are none", () => {
    expect(findQuote([run("Moon", 0, 0)], "Sun")).toEqual([]);
    expect(findQuote([run("Moon", 0, 0)], " - ")).toEqual([]);
    expect(findQuote([], "Moon")).toEqual([]);
  });
});
