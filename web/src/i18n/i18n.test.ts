import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

type Table = { [key: string]: string | Table };

function flat(table: Table, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [path, text] of flat(value, `${before}${key}.`)) found.set(path, text);
  }
  return found;
}

const english = flat(en as Table);
const chinese = flat(zh as unknown as Table);
const holes = (text: string): string[] =>
  [...text.matchAll(/{{(\w+)}}/g)].map(([hole]) => hole).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "i18n" ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [path] : [];
  });
}

describe("translations", () => {
  it("have the same keys in both languages", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("have the same holes, and no empty text", () => {
    for (const [key, text] of english) {
      expect(holes(chinese.get(key) ?? ""), key).toEqual(holes(text));
      expect(text.trim(), key).not.toBe("");
      expect(chinese.get(key)?.trim(), key).not.toBe("");
    }
  });

  it("are Chinese in the Chinese table", () => {
    const same = new Set([
      "shell.english",
      "keys.escape",
      "keys.captions",
      "keys.think",
      "keys.choices",
    ]);
    for (const [key, text] of chinese) {
      if (!same.has(key)) expect(text, key).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

describe("components", () => {
  const files = sources(join(import.meta.dirname, ".."));

  it("hold no text of their own", () => {
    // Text between tags, or in an attribute that is read aloud or shown.
    const literal = />\s*[A-Z][a-z]+[^<>{}=;()]*</;
    const attribute = /\b(?:aria-label|title|placeholder|alt)="[^"]+"/;
    for (const path of files.filter((file) => file.endsWith(".tsx"))) {
      const code = readFileSync(path, "utf8");
      expect(code.match(attribute)?.[0], path).toBeUndefined();
      expect(code.match(literal)?.[0], path).toBeUndefined();
    }
  });

  it("use every key; the compiler knows that each used key exists", () => {
    const code = files.map((path) => readFileSync(path, "utf8")).join("\n");
    const named = new Set(
      [...code.matchAll(/["'`]((?:\w+\.)+\w+|product)["'`]/g)].map((m) => m[1] ?? ""),
    );
    const prefixes = [...code.matchAll(/`((?:\w+\.)+)\$\{/g)].map((m) => m[1] ?? "");
    const unused = [...english.keys()].filter((key) => {
      const plain = key.replace(/_(one|other)$/, "");
      return !named.has(plain) && !prefixes.some((prefix) => plain.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});
