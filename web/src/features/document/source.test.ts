import { afterEach, describe, expect, it, vi } from "vitest";
import type { Citation } from "../../protocol";
import { measured, pageText, read } from "./source";

const cited: Citation = {
  n: 1,
  document: "d 1",
  title: "Stars",
  page: 3,
  quote: "Stars shine.",
  start: 4,
  end: 16,
  version: "0123456789abcdef",
};

type Answers = Record<string, () => Response>;

/** A platform that knows these addresses and no other. */
function platform(answers: Answers): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return (
      answers[path]?.() ??
      Response.json({ error: { code: "not_found", message: "", id: "1" } }, { status: 404 })
    );
  });
  return asked;
}

const kind = (name: string) => () => Response.json({ id: "d 1", kind: name });
const pdf = () => new Response("%PDF", { headers: { "Content-Type": "application/pdf" } });
const words = (text: string) => () =>
  new Response(text, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
const AT = "/api/documents/d%201";
const OLD = "version=0123456789abcdef";

afterEach(() => vi.unstubAllGlobals());

describe("read", () => {
  it("brings a PDF in the version that was cited", async () => {
    platform({ [AT]: kind("pdf"), [`${AT}/file?${OLD}`]: pdf });
    const source = await read(cited);
    expect(source).toMatchObject({ kind: "pdf", address: `${AT}/file?${OLD}` });
  });

  it("brings the present file where the old one is not kept", async () => {
    platform({ [AT]: kind("pdf"), [`${AT}/file`]: pdf });
    expect(await read(cited)).toMatchObject({ kind: "pdf", address: `${AT}/file` });
  });

  it("brings the text of Markdown, and of other formats the text of the page", async () => {
    platform({ [AT]: kind("md"), [`${AT}/text?${OLD}`]: words("# Stars") });
    expect(await read(cited)).toEqual({ kind: "text", text: "# Stars" });
    const page = () => Response.json({ text: "Slide", width: null, height: null, boxes: null });
    platform({ [AT]: kind("pptx"), [`${AT}/pages/3?${OLD}`]: page });
    expect(await read(cited)).toEqual({ kind: "pages", version: cited.version });
    expect(await pageText("d 1", 3, cited.version)).toBe("Slide");
  });

  it("brings the text of a page when the cited version was no PDF", async () => {
    const page = () => Response.json({ text: "Old", width: null, height: null, boxes: null });
    platform({
      [AT]: kind("pdf"),
      [`${AT}/file?${OLD}`]: words("old"),
      [`${AT}/pages/3?${OLD}`]: page,
    });
    expect(await read(cited)).toEqual({ kind: "pages", version: cited.version });
  });

  it("says when nothing is left of it, and fails when the platform does", async () => {
    platform({});
    expect(await read(cited)).toEqual({ kind: "gone" });
    platform({ [AT]: () => new Response("", { status: 500 }) });
    await expect(read(cited)).rejects.toMatchObject({ status: 500 });
  });
});

describe("measured", () => {
  it("brings the rectangles of the quoted words, none when the engine does not know them", async () => {
    const box = { left: 1, top: 2, right: 3, bottom: 4 };
    const page = () => Response.json({ text: "", width: 9, height: 9, boxes: [box] });
    platform({ [`${AT}/pages/3?start=4&end=16&${OLD}`]: page });
    expect(await measured(cited)).toEqual([box]);
    platform({});
    expect(await measured(cited)).toEqual([]);
  });
});
