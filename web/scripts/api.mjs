// Writes src/api/generated.ts, the client of the platform, from its OpenAPI description: a type for each schema
// and a function for each operation, grouped by tag. With --check it writes nothing and fails on drift.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const target = join(root, "web", "src", "api", "generated.ts");
const METHODS = ["get", "post", "put", "patch", "delete"];

const camel = (name) => name.replace(/[_-](\w)/g, (_, letter) => letter.toUpperCase());
const typeName = (ref) => ref.replace("#/components/schemas/", "");

/** Types of their own for schemas only, and references as JSON Schema spells them. */
function plain(node, top = false) {
  if (Array.isArray(node)) return node.map((item) => plain(item));
  if (node === null || typeof node !== "object") return node;
  const entries = Object.entries(node)
    .filter(([key, value]) => top || !(key === "title" && typeof value === "string"))
    .filter(([key]) => key !== "examples" && key !== "example")
    .map(([key, value]) => [
      key,
      key === "$ref" ? value.replace("#/components/schemas/", "#/$defs/") : plain(value),
    ]);
  return Object.fromEntries(entries);
}

/** What the server always sends, although its models have a default for it. */
function answered(schema) {
  return schema.properties ? { ...schema, required: Object.keys(schema.properties) } : schema;
}

function typeOf(schema) {
  if (!schema || Object.keys(schema).length === 0) return "unknown";
  if (schema.$ref) return typeName(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") {
    const item = typeOf(schema.items);
    return item.includes(" ") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === "integer") return "number";
  if (schema.type === "object") return "Record<string, unknown>";
  return schema.type;
}

function operation(method, path, spec) {
  const parameters = spec.parameters ?? [];
  const inPath = parameters.filter((p) => p.in === "path");
  const inQuery = parameters.filter((p) => p.in === "query");
  const content = spec.requestBody?.content ?? {};
  const body = content["multipart/form-data"]
    ? "FormData"
    : content["application/json"] && typeOf(content["application/json"].schema);
  const success = Object.entries(spec.responses).find(([status]) => status.startsWith("2"));
  const answer = success?.[1].content?.["application/json"]?.schema;
  const other =
    success && Object.keys(success[1].content ?? {}).some((kind) => !kind.includes("json"));
  const returns =
    answer && Object.keys(answer).length > 0 ? typeOf(answer) : other ? "Response" : "void";
  const args = [
    ...inPath.map((p) => `${camel(p.name)}: string`),
    ...(body ? [`body: ${body}`] : []),
    ...(inQuery.length
      ? [
          `query: { ${inQuery.map((p) => `${p.name}${p.required ? "" : "?"}: ${typeOf(p.schema)}${p.required ? "" : " | undefined"}`).join("; ")} }${inQuery.some((p) => p.required) ? "" : " = {}"}`,
        ]
      : []),
  ];
  const address = inPath.reduce(
    (text, p) => text.replace(`{${p.name}}`, `\${at(${camel(p.name)})}`),
    path,
  );
  const options = [...(body ? ["body"] : []), ...(inQuery.length ? ["query"] : [])];
  const url = address === path ? JSON.stringify(path) : `\`${address}\``;
  const summary = (spec.description ?? spec.summary ?? "").split("\n")[0];
  return {
    tag: camel((spec.tags ?? ["other"])[0]),
    name: camel(spec.operationId.split("-").at(-1)),
    code: `/** ${summary} */\n    NAME: (${args.join(", ")}) => call<${returns}>("${method.toUpperCase()}", ${url}${options.length ? `, { ${options.join(", ")} }` : ""}),`,
  };
}

async function generate() {
  const raw = execFileSync(join(root, ".venv", "bin", "tutor-platform"), ["openapi"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const document = JSON.parse(raw);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) =>
      operation(method, path, methods[method]),
    ),
  );
  const bodies = new Set(
    Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .map((spec) => spec.requestBody?.content?.["application/json"]?.schema?.$ref)
      .filter(Boolean)
      .map(typeName),
  );
  const schemas = Object.fromEntries(
    Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => [
      name,
      plain(bodies.has(name) ? schema : answered(schema)),
    ]),
  );
  const types = await compile(
    { title: "Schemas", type: "object", additionalProperties: false, $defs: schemas },
    "Schemas",
    {
      additionalProperties: false,
      unreachableDefinitions: true,
      // "At most sixteen" is the server's business; a tuple type for it helps nobody.
      ignoreMinAndMaxItems: true,
      bannerComment:
        "// Generated by `npm run api` from the platform's OpenAPI. Do not edit: change the endpoints.",
      style: { printWidth: 100 },
    },
  );
  const groups = Map.groupBy
    ? Map.groupBy(operations, (o) => o.tag)
    : operations.reduce((map, o) => map.set(o.tag, [...(map.get(o.tag) ?? []), o]), new Map());
  const client = [...groups].map(
    ([tag, members]) =>
      `  ${tag}: {\n    ${members.map((o) => o.code.replace("NAME", o.name)).join("\n    ")}\n  },`,
  );
  return `${types.replace(/ \*\n \* This interface was referenced by[\s\S]*?\n \*\//g, " */").replace("export interface Schemas {}\n", "")}
import { at, call } from "./client";

/** Every operation of the platform, by tag. */
export const platform = {
${client.join("\n")}
};
`;
}

const content = await generate();
if (process.argv.includes("--check")) {
  let committed = "";
  try {
    committed = readFileSync(target, "utf8");
  } catch {
    // A missing file is drift like any other.
  }
  if (committed !== content) {
    console.error(`${target} is not what the platform says now. Run: npm run api`);
    process.exit(1);
  }
  console.log("api: the client matches the platform");
} else {
  writeFileSync(target, content);
}
