import { describe, expect, it } from "vitest";
import { Captions, NO_CAPTIONS } from "./captions";

const TEXT = "Clouds form. Warm air rises and cools.";

describe("Captions", () => {
  it("begin empty", () => {
    expect(new Captions().state.get()).toEqual(NO_CAPTIONS);
  });

  it("show partial words until they are final, and clear the tutor's", () => {
    const captions = new Captions();
    captions.tutor(TEXT, 12);
    captions.student("why", false);
    expect(captions.state.get()).toEqual({
      student: { text: "why", final: false, sure: "" },
      tutor: null,
    });
    captions.student("Why?", true);
    expect(captions.state.get().student).toEqual({ text: "Why?", final: true, sure: "Why?" });
  });

  it("take back words that were a noise", () => {
    const captions = new Captions();
    captions.student("the flood", false);
    captions.tutor(TEXT, 12);
    captions.student("", false);
    expect(captions.state.get().student).toBeNull();
    expect(captions.state.get().tutor).not.toBeNull();
  });

  it.each([
    ["why do ap", 6, "why do"],
    ["why", 99, "why"],
    // Counted as the engine counts: whole characters, also outside the basic plane.
    ["𝒜为什么", 2, "𝒜为"],
  ])("tell what will stay of %j: %i characters", (text, letters, sure) => {
    const captions = new Captions();
    captions.student(text, false, letters);
    expect(captions.state.get().student?.sure).toBe(sure);
  });

  it("show the tutor's sentence: heard, and still to come", () => {
    const captions = new Captions();
    captions.tutor(TEXT, 21);
    expect(captions.state.get().tutor).toEqual({ heard: "Warm air", coming: " rises and cools." });
  });

  it("drop what never sounded when the tutor is cut off", () => {
    const captions = new Captions();
    captions.tutor(TEXT, 21);
    captions.cut();
    expect(captions.state.get().tutor).toEqual({ heard: "Warm air", coming: "" });
    captions.clearTutor();
    expect(captions.state.get().tutor).toBeNull();
  });

  it("join words that are not part of a shown text, as each language writes them", () => {
    const captions = new Captions();
    captions.tutorWords("Good");
    captions.tutorWords("morning");
    expect(captions.state.get().tutor?.heard).toBe("Good morning");
    captions.clearTutor();
    captions.tutorWords("早上");
    captions.tutorWords("好");
    expect(captions.state.get().tutor?.heard).toBe("早上好");
  });

  it("keep to about three lines around the words that sound", () => {
    const captions = new Captions();
    const long = "word ".repeat(200);
    captions.tutor(long, 500);
    const shown = captions.state.get().tutor;
    expect(shown?.heard.startsWith("… word")).toBe(true);
    expect(`${shown?.heard}${shown?.coming}`.length).toBeLessThan(230);
    captions.tutor("云".repeat(300), 150);
    const wide = captions.state.get().tutor;
    expect(`${wide?.heard}${wide?.coming}`.length).toBeLessThan(120);
  });
});
