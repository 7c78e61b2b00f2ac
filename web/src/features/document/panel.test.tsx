// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import type { Citation } from "../../protocol";
import { DocumentPanel } from "./DocumentPanel";

const cited: Citation = {
  n: 1,
  document: "d",
  title: "Star Book",
  page: 1,
  quote: "Stars shine.",
  start: 9,
  end: 21,
  version: "0123456789abcdef",
};

function platform(answers: Record<string, () => Response>) {
  vi.stubGlobal("fetch", async (path: string) => {
    const answer = answers[path.split("?")[0] ?? ""];
    return (
      answer?.() ??
      Response.json({ error: { code: "not_found", message: "", id: "1" } }, { status: 404 })
    );
  });
}

const text = (words: string) => () =>
  new Response(words, { headers: { "Content-Type": "text/plain; charset=utf-8" } });

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("opens a text with the quoted words marked, and closes", async () => {
  platform({
    "/api/documents/d": () => Response.json({ kind: "md" }),
    "/api/documents/d/text": text("# Stars\n\nStars shine. They are far."),
  });
  const close = vi.fn();
  const { container } = render(<DocumentPanel citation={cited} onClose={close} />);
  expect((await screen.findByTestId("passage")).textContent).toBe("Stars shine.");
  expect((await axe.run(container)).violations).toEqual([]);
  fireEvent.click(screen.getByTestId("close-document"));
  expect(close).toHaveBeenCalledOnce();
});

it("shows the quotation when the words are gone from the text, or the document from the library", async () => {
  platform({
    "/api/documents/d": () => Response.json({ kind: "txt" }),
    "/api/documents/d/text": text("Something else."),
  });
  const { unmount } = render(<DocumentPanel citation={cited} onClose={() => undefined} />);
  expect((await screen.findByTestId("passage")).textContent).toBe("Stars shine.");
  expect(screen.getByText("Something else.")).toBeTruthy();
  unmount();
  platform({});
  render(<DocumentPanel citation={cited} onClose={() => undefined} />);
  expect((await screen.findByTestId("passage")).textContent).toBe("Stars shine.");
});

it("says what went wrong and asks again", async () => {
  let broken = true;
  platform({
    "/api/documents/d": () =>
      broken ? new Response("", { status: 500 }) : Response.json({ kind: "md" }),
    "/api/documents/d/text": text("Stars shine."),
  });
  render(<DocumentPanel citation={cited} onClose={() => undefined} />);
  const again = await screen.findByRole("button", { name: "Try again" });
  broken = false;
  fireEvent.click(again);
  expect((await screen.findByTestId("passage")).textContent).toBe("Stars shine.");
});
