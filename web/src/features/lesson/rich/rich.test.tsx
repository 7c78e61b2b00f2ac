// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startI18n } from "../../../i18n";
import type { ChatTurn } from "../../../realtime";
import { TurnView } from "../TurnView";
import { dollars } from "./formulas";
import { hasFormula, isRich } from "./isRich";
import { PAYLOADS } from "./payloads.test-support";
import Rich, { webAddress } from "./Rich";
import RichMath from "./RichMath";
import { Words } from "./Words";

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});
afterEach(cleanup);

const draw = (words: string, heard = words.length, behind = "words-faint") =>
  render(<RichMath words={words} heard={heard} behind={behind} />).container;

const turn = (text: string, more: Partial<ChatTurn> = {}): ChatTurn => ({
  key: "t",
  role: "tutor",
  text,
  state: "done",
  heard: text.length,
  citations: [],
  lit: [],
  latency: null,
  choices: [],
  spoken: false,
  ...more,
});

/** Whatever could run, load or leave in what was drawn. */
function dangers(container: Element): string[] {
  const found: string[] = [];
  const forbidden =
    "script,img,iframe,object,embed,form,input,select,textarea,base,link,meta,style,video,audio,source,template,frameset,portal,dialog,maction,foreignObject,animate,use";
  for (const bad of container.querySelectorAll(forbidden)) found.push(bad.outerHTML);
  for (const element of container.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`${name}=${value}`);
      if (/^(?:href|src|xlink:href|action|formaction|srcdoc|data)$/.test(name)) {
        if (element.tagName !== "A" || !/^https?:\/\/\S/.test(value))
          found.push(`${name}=${value}`);
        else if (element.getAttribute("rel")?.includes("noopener") !== true) found.push("rel");
      }
      if (name === "style" && /url\(|expression|import/i.test(value)) found.push(value);
      if (name === "id") found.push(`id=${value}`);
    }
  }
  return found;
}

describe("an answer", () => {
  it("cannot run or load anything, whatever it carries", () => {
    expect(PAYLOADS.length).toBeGreaterThan(100);
    for (const payload of PAYLOADS) {
      for (const words of [payload, `- Before ${payload} after`]) {
        const container = draw(words, 7);
        expect(dangers(container), words).toEqual([]);
        cleanup();
      }
    }
  }, 30_000);

  it("is text where it is text: what students type, names of tutors, titles of sources", () => {
    for (const payload of PAYLOADS) {
      const source = { n: 1, document: "d", title: payload, page: 1, quote: "q", start: 0, end: 1 };
      const { container } = render(
        <ol>
          <TurnView
            turn={turn(payload, { role: "student", citations: [source], choices: [payload] })}
            tutor={payload}
            onCite={vi.fn()}
            opened={null}
          />
        </ol>,
      );
      expect(dangers(container), payload).toEqual([]);
      expect(container.querySelector(".turn-words")?.textContent).toBe(payload);
      cleanup();
    }
  }, 30_000);

  it("is drawn with its form", () => {
    const container = draw(
      "# Water\n\nIt is **wet**, see [here](https://example.org).\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    );
    expect(container.querySelector(".rich-heading")?.textContent).toBe("Water");
    expect(container.querySelector("h1")).toBeNull();
    expect(container.querySelector("strong")?.textContent).toBe("wet");
    expect(container.querySelectorAll("li")).toHaveLength(2);
    expect(container.querySelectorAll("td")).toHaveLength(2);
    const link = screen.getByRole("link", { name: "here" });
    expect(link.getAttribute("rel")).toContain("noopener");
    expect(link.getAttribute("target")).toBe("_blank");
  });

  it("draws formulas in every usual spelling, and leaves prices alone", () => {
    for (const words of [
      "Is $E=mc^2$ so?",
      "Is \\(E=mc^2\\) so?",
      "$$\nE=mc^2\n$$",
      "\\[E=mc^2\\]",
    ]) {
      expect(draw(words).querySelector(".katex"), words).not.toBeNull();
      cleanup();
    }
    const prices = draw("It costs $5 and $10 more, `\\(code\\)`.");
    expect(prices.querySelector(".katex")).toBeNull();
    expect(prices.textContent).toBe("It costs $5 and $10 more, \\(code\\).");
  });

  it("shows a formula that is none as it was written", () => {
    expect(draw("Is $\\frac{$ so?").textContent).toContain("\\frac{");
  });

  it("ends a bomb of macros", () => {
    const begun = performance.now();
    draw(`$$\\def\\a{\\a\\a}${"\\a".repeat(50)}$$`);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it("lets code be taken along", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
    render(<Rich words={"```py\nprint(1)\n```"} heard={99} behind="words-faint" />);
    fireEvent.click(screen.getByTestId("copy-code"));
    await screen.findByText("Copied");
    expect(writeText).toHaveBeenCalledExactlyOnceWith("print(1)\n");
    vi.unstubAllGlobals();
  });
});

describe("what was heard", () => {
  const parts = (container: Element, name: string) =>
    [...container.querySelectorAll(`.${name}`)].map((part) => part.textContent).join("|");

  it("is solid and the rest is faint, across all forms", () => {
    const words = "Water is **very wet** and\n\n- cold\n- deep";
    const container = draw(words, words.indexOf("wet"));
    expect(parts(container, "words-heard")).toBe("Water is |very ");
    expect(parts(container, "words-faint")).toBe("wet| and|cold|deep");
    expect(container.textContent?.replaceAll("\n", "")).toBe("Water is very wet andcolddeep");
  });

  it("counts a formula as a whole", () => {
    const words = "So $a$ and $b$.";
    const container = draw(words, words.indexOf("and"));
    expect(container.querySelectorAll(".words-heard .katex")).toHaveLength(1);
    expect(container.querySelectorAll(".words-faint .katex")).toHaveLength(1);
  });

  it("marks what was never heard of an answer that was cut off", async () => {
    const words = "It is **wet** and cold";
    const cut = turn(words, { state: "interrupted", heard: words.indexOf("and") });
    const { container } = render(<Words turn={cut} />);
    await waitFor(() => expect(container.querySelector("strong")).not.toBeNull());
    expect(parts(container, "words-unsaid")).toBe("and cold");
    expect(parts(container, "words-cut")).toBe("and cold");
    expect(container.textContent).toContain("Not heard");
  });

  it("changes nothing for plain words", () => {
    render(<Words turn={turn("It is wet.", { state: "speaking", heard: 5 })} />);
    expect(screen.getByTestId("heard").textContent).toBe("It is");
  });
});

describe("words", () => {
  it.each([
    ["Plain words, even with 5 of 6. And more!", false, false],
    ["分数是什么？", false, false],
    ["It is **bold**", true, false],
    ["1. one", true, false],
    ["see https://example.org", true, false],
    ["$x$", true, true],
    ["\\(x\\)", true, true],
  ])("%s", (words, rich, formula) => {
    expect([isRich(words), hasFormula(words)]).toEqual([rich, formula]);
  });

  it("keep their length with dollars", () => {
    const words = "a \\(x\\) `\\(y\\)` \\[z\\]";
    expect(dollars(words)).toBe("a $$x$$ `\\(y\\)` $$z$$");
    expect(dollars(words)).toHaveLength(words.length);
  });

  it("lead to the web only", () => {
    expect(webAddress("https://example.org/a?b#c")).toBe("https://example.org/a?b#c");
    expect(webAddress("javascript:alert(1)")).toBe("");
    expect(webAddress("http://")).toBe("");
  });
});
