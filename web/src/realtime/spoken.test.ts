import { describe, expect, it } from "vitest";
import { HeardProgress, heardLength, sentenceAround, splitHeard } from "./spoken";

const TEXT = "Clouds form when warm air rises. It cools, and drops appear!";

describe("heardLength", () => {
  it("ends behind the last word and its marks", () => {
    expect(TEXT.slice(0, heardLength(TEXT, "Clouds form when warm air rises"))).toBe(
      "Clouds form when warm air rises.",
    );
  });

  it("forgives spaces and marks", () => {
    expect(heardLength("**Clouds**  form", "clouds form")).toBe(16);
  });

  it("refuses other words", () => {
    expect(heardLength(TEXT, "Rain falls")).toBe(-1);
    expect(heardLength("Clouds", "Clouds form")).toBe(-1);
  });

  it("takes nothing for nothing", () => {
    expect(heardLength(TEXT, " … ")).toBe(0);
  });

  it("counts characters outside the basic plane whole", () => {
    const text = "𝒜 cloud ☁ forms";
    expect(text.slice(0, heardLength(text, "𝒜 cloud"))).toBe("𝒜 cloud");
  });
});

describe("splitHeard", () => {
  it("divides an answer where it was cut off", () => {
    expect(splitHeard(TEXT, "Clouds form")).toEqual({
      heard: "Clouds form",
      unsaid: " when warm air rises. It cools, and drops appear!",
    });
  });

  it("leaves all unsaid when nothing was heard", () => {
    expect(splitHeard("云是水滴。", "")).toEqual({ heard: "", unsaid: "云是水滴。" });
  });

  it("shows what was heard when the record holds other words", () => {
    expect(splitHeard(TEXT, "Something else")).toEqual({ heard: "Something else", unsaid: "" });
  });
});

describe("sentenceAround", () => {
  it("finds the sentence in which a position lies", () => {
    expect(sentenceAround(TEXT, 5)).toEqual([0, 32]);
    expect(sentenceAround(TEXT, 32)).toEqual([0, 32]);
    expect(sentenceAround(TEXT, 40)).toEqual([32, TEXT.length]);
  });

  it("knows Chinese marks and does not stop at decimals", () => {
    expect(sentenceAround("云很高。雨落下。", 5)).toEqual([4, 8]);
    expect(sentenceAround("It is 3.5 km high. Far.", 3)).toEqual([0, 18]);
  });
});

describe("HeardProgress", () => {
  it("follows captions word by word", () => {
    const progress = new HeardProgress();
    for (const words of ["Clouds", "form when", "warm air rises.", "It"]) {
      expect(progress.advance(TEXT, words)).toBe(true);
    }
    expect(TEXT.slice(0, progress.position)).toBe("Clouds form when warm air rises. It");
  });

  it("stays when words are not in the text", () => {
    const progress = new HeardProgress();
    progress.advance(TEXT, "Clouds");
    expect(progress.advance(TEXT, "nowhere")).toBe(false);
    expect(progress.position).toBe(6);
  });
});
