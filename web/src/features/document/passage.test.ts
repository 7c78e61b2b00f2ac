import { describe, expect, it } from "vitest";
import { blocks, locate } from "./passage";

const TEXT = `# Clouds

Warm air *rises*. **It cools**
and drops appear.

- small drops
2. big drops
`;

const characters = (text: string, part: string): [number, number] => {
  const start = Array.from(text.slice(0, text.indexOf(part))).length;
  return [start, start + Array.from(part).length];
};

describe("locate", () => {
  it("believes the offsets when they hold the quote", () => {
    const text = "same same";
    expect(locate(text, "same", 5, 9)).toEqual({ start: 5, end: 9 });
  });

  it("counts characters, not UTF-16 units", () => {
    const text = "😀😀 云很高。";
    const [start, end] = characters(text, "云很高。");
    expect(locate(text, "云很高。", start, end)).toEqual({ start: 5, end: 9 });
  });

  it("finds a quote that has moved, or whose line breaks differ", () => {
    expect(locate(TEXT, "Warm air", 900, 908)).toEqual({ start: 10, end: 18 });
    const loose = locate(TEXT, "It cools** and drops", 0, 5);
    expect(TEXT.slice(loose?.start, loose?.end)).toBe("It cools**\nand drops");
  });

  it("says when the words are gone, or when there are none", () => {
    expect(locate(TEXT, "Snow falls", 0, 4)).toBeNull();
    expect(locate(TEXT, "a(b", 0, 1)).toBeNull();
    expect(locate(TEXT, " ", 3, 4)).toBeNull();
  });
});

describe("blocks", () => {
  it("reads headings, paragraphs and items, and hides their marks", () => {
    const read = blocks(TEXT, null).map(({ kind, level, spans }) => [
      kind,
      level,
      spans.map(({ text }) => text).join(""),
    ]);
    expect(read).toEqual([
      ["heading", 1, "Clouds"],
      ["paragraph", 0, "Warm air rises. It cools and drops appear."],
      ["item", 0, "small drops"],
      ["item", 0, "big drops"],
    ]);
  });

  it("keeps strong words strong", () => {
    const strong = blocks(TEXT, null).flatMap(({ spans }) => spans.filter((span) => span.strong));
    expect(strong.map(({ text }) => text.trim())).toEqual(["It cools"]);
  });

  it("marks a passage across hidden marks and lines", () => {
    const passage = locate(TEXT, "rises*. **It cools**\nand drops", 0, 0);
    const marked = blocks(TEXT, passage).flatMap(({ spans }) =>
      spans.filter((span) => span.marked),
    );
    expect(marked.map(({ text }) => text).join("")).toBe("rises. It cools and drops");
  });

  it("joins Chinese lines without a space", () => {
    expect(
      blocks("云很高。\n雨落下。", null)[0]
        ?.spans.map(({ text }) => text)
        .join(""),
    ).toBe("云很高。雨落下。");
  });

  it("leaves out the facts before the text and keeps code as it is written", () => {
    const text =
      "---\nlicense: x\n---\n\n# A\n\n```python\nif a:\n    b(*c)\n```\n| x | y |\n|---|---|\n";
    const read = blocks(text, locate(text, "b(*c)", 0, 0));
    expect(read.map(({ kind }) => kind)).toEqual(["heading", "verbatim", "verbatim"]);
    expect(read[1]?.spans.map(({ text: words }) => words).join("")).toBe("if a:\n    b(*c)");
    expect(read[1]?.spans.find(({ marked }) => marked)?.text).toBe("b(*c)");
  });

  it("shows an empty document as nothing", () => {
    expect(blocks("\n\n", null)).toEqual([]);
  });
});
