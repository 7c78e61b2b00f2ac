"""Requests made from the application's own OpenAPI description: bodies from its examples, rows in place.

A field or a path parameter that is called like a row (`tutor_id`) gets that row's identifier.
"""

import json
from functools import cache
from typing import Any

from packages.platform.tests.fake_engine import PNG
from packages.platform.tests.town import Visitor

from tutor_platform.app import create_app
from tutor_platform.settings import Settings

Operation = tuple[str, str]

TEXT = b"# Mars\n\nTwo moons.\n"


@cache
def description() -> dict[str, Any]:
    return json.loads(json.dumps(create_app(Settings()).openapi()))


def operations() -> set[Operation]:
    paths: dict[str, dict[str, Any]] = description()["paths"]
    return {(method, path) for path, methods in paths.items() for method in methods}


def spec_of(operation: Operation) -> dict[str, Any]:
    return description()["paths"][operation[1]][operation[0]]


def parameters(operation: Operation) -> set[str]:
    """Names of the rows in the path."""
    return {p["name"] for p in spec_of(operation).get("parameters", []) if p["in"] == "path"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "")
    return description()["components"]["schemas"][name.rpartition("/")[2]] if name else schema


def content_of(operation: Operation) -> tuple[str, dict[str, Any]] | None:
    """Media type and schema of the body, if there is one."""
    content = spec_of(operation).get("requestBody", {}).get("content", {})
    for kind, body in content.items():
        return kind, resolved(body.get("schema", {}))
    return None


def example_of(operation: Operation) -> Any:
    """The first example of the body's schema, or of its media type."""
    content: dict[str, Any] = spec_of(operation).get("requestBody", {}).get("content", {})
    for body in content.values():
        given = [*body.get("examples", {}).values()]
        if given:
            return given[0]["value"]
        if "example" in body:
            return body["example"]
        schema = resolved(body.get("schema", {}))
        if schema.get("examples"):
            return schema["examples"][0]
    return None


def placed(value: Any, rows: dict[str, str]) -> Any:
    """The same value with rows in the places that are called like them."""
    if isinstance(value, dict):
        return {
            name: rows[name] if name in rows and isinstance(held, str) else placed(held, rows)
            for name, held in value.items()
        }
    if isinstance(value, list):
        return [placed(item, rows) for item in value]
    return value


def _any(schema: dict[str, Any]) -> Any:
    """A value that the schema of a query parameter takes."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") in ("integer", "number"):
        return schema.get("minimum", 1)
    return "x" * max(3, schema.get("minLength", 1))


def _is_file(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema


async def call(
    visitor: Visitor, operation: Operation, rows: dict[str, str], body: Any = None
) -> tuple[int, str]:
    """Make the request as the description says; returns its status and text."""
    method, path = operation
    options: dict[str, Any] = {}
    content = content_of(operation)
    if content is not None:
        kind, schema = content
        given = body if body is not None else placed(example_of(operation), rows)
        if kind.startswith("multipart/"):
            fields: dict[str, Any] = schema.get("properties", {})
            files = {name: ("planets.md", TEXT) for name in fields if _is_file(fields[name])}
            options = {
                "files": files,
                "data": {n: str(v) for n, v in (given or {}).items() if n not in files},
            }
        elif kind == "application/json":
            options = {"json": given}
        else:
            picture = "faces" in path
            options = {"content": PNG if picture else TEXT, "headers": {"content-type": kind}}
            rows = {"file_name": "face.png" if picture else "planets.md", **rows}
    wanted = {
        p["name"]: rows.get(p["name"]) or _any(resolved(p["schema"]))
        for p in spec_of(operation).get("parameters", [])
        if p["in"] == "query" and p.get("required")
    }
    address = path.format(**{name: rows.get(name, "1") for name in parameters(operation)})
    async with visitor.http.stream(method.upper(), address, params=wanted, **options) as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            # It never ends; who may listen is known by now.
            return response.status_code, ""
        return response.status_code, (await response.aread()).decode(errors="replace")
