/**
 * Style sheets of pages stay when the next page opens, so a class means one thing in the whole app; and a page that
 * is opened first has only what it imports, so it imports the styles of every class that it uses.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "..");
/** What every page has: the entry and what it imports, the frame and the session among it. */
const FIRST = "main.tsx";

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.(tsx?|css)$/.test(name) && !name.includes(".test"),
);
const texts = new Map(files.map((name) => [name, readFileSync(join(SOURCES, name), "utf8")]));
const sheets = files.filter((name) => name.endsWith(".css"));

/** Each file is read through once. */
function once<T>(read: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const value = known.get(name) ?? read(name);
    known.set(name, value);
    return value;
  };
}

/** The classes that a style sheet shapes by themselves: `.name { … }`, in a group of selectors or alone. */
const definedIn = once((sheet) => {
  const rules = (texts.get(sheet) ?? "")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .matchAll(/([^{}]+)\{/g);
  const selectors = [...rules].flatMap(([, group]) => (group ?? "").split(","));
  return new Set(
    selectors.flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.slice(1) ?? []),
  );
});

/** What a file imports when it is loaded; a page behind `lazy(…)` comes later. */
const importedBy = once((name) => {
  const found = (texts.get(name) ?? "").matchAll(/^(?:import|export)\b[^"]*"(\.[^"]+)";/gm);
  return [...found].flatMap(([, path]) => {
    const base = join(dirname(name), path ?? "");
    return [base, `${base}.tsx`, `${base}.ts`, join(base, "index.ts")].filter((one) =>
      texts.has(one),
    );
  });
});

function loadedWith(names: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...importedBy(name));
  }
  return seen;
}

/** Words within `className="…"` and within the strings of `className={…}`. */
const usedIn = once((name) => {
  const given = (texts.get(name) ?? "").matchAll(/className=(?:"([^"]*)"|\{([^{}]*)\})/g);
  return [...given].flatMap(([, plain, made]) =>
    (plain ?? [...(made ?? "").matchAll(/"([^"]*)"/g)].map(([, words]) => words).join(" "))
      .split(/\s+/)
      .filter(Boolean),
  );
});

it("gives a class one meaning in the whole app", () => {
  const homes = new Map<string, string[]>();
  for (const sheet of sheets)
    for (const name of definedIn(sheet)) homes.set(name, [...(homes.get(name) ?? []), sheet]);
  expect(homes.size).toBeGreaterThan(200);
  expect([...homes].filter(([, where]) => where.length > 1)).toEqual([]);
});

it("gives every page the styles that it uses, whichever page was opened first", () => {
  const all = new Set(sheets.flatMap((sheet) => [...definedIn(sheet)]));
  const pages = files.flatMap((name) =>
    [...(texts.get(name) ?? "").matchAll(/\bimport\("(\.[^"]+)"\)/g)].map(([, path]) =>
      relative(".", `${join(dirname(name), path ?? "")}.tsx`),
    ),
  );
  expect(pages.length).toBeGreaterThan(30);
  const missing = pages
    .filter((page) => texts.has(page))
    .flatMap((page) => {
      const loaded = [...loadedWith([page, FIRST])];
      const known = new Set(
        loaded.filter((name) => name.endsWith(".css")).flatMap((sheet) => [...definedIn(sheet)]),
      );
      return [...loadedWith([page])]
        .filter((name) => name.endsWith(".tsx"))
        .flatMap((name) => usedIn(name).map((word) => ({ name, word })))
        .filter(({ word }) => all.has(word) && !known.has(word))
        .map(({ name, word }) => `${page}: .${word} of ${name}`);
    });
  expect([...new Set(missing)]).toEqual([]);
});
