"""The corpus of accepted and refused messages, which vitest reads too."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from tutor_protocol import ErrorCode, ProtocolError, parse_client_message, parse_server_event

CORPUS = Path(__file__).parents[3] / "tests" / "corpus"

Case = dict[str, Any]


def read(name: str) -> list[Case]:
    return cast("list[Case]", json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8")))


def name_of(case: Case) -> str:
    return str(case["name"])


def expanded(value: Any) -> Any:
    """Write out the long strings that the corpus abbreviates."""
    if not isinstance(value, dict):
        return value
    fields = cast("Case", value)
    if set(fields) == {"repeat", "times"}:
        return fields["repeat"] * fields["times"]
    return {key: expanded(item) for key, item in fields.items()}


def raw_of(case: Case, field: str) -> str:
    if "raw" in case:
        return str(case["raw"]) * int(case.get("repeat", 1))
    return json.dumps(expanded(case[field]))


@pytest.mark.parametrize("case", read("client_good"), ids=name_of)
def test_client_message_is_read(case: Case) -> None:
    message = parse_client_message(raw_of(case, "message"))
    assert message.type == case["type"]
    again = parse_client_message(message.model_dump_json(by_alias=True))
    assert again == message


@pytest.mark.parametrize("case", read("client_bad"), ids=name_of)
def test_client_message_is_refused_with_its_code(case: Case) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_client_message(raw_of(case, "message"))
    assert refusal.value.code is ErrorCode(case["code"])


@pytest.mark.parametrize("case", read("server_good"), ids=name_of)
def test_server_event_is_read(case: Case) -> None:
    event = parse_server_event(raw_of(case, "event"))
    assert event.type == case["event"]["type"]
    assert parse_server_event(event.model_dump_json()) == event


@pytest.mark.parametrize("case", read("server_bad"), ids=name_of)
def test_server_event_is_refused(case: Case) -> None:
    with pytest.raises(ValidationError):
        parse_server_event(raw_of(case, "event"))


@pytest.mark.parametrize("name", ["client_good", "client_bad", "server_good", "server_bad"])
def test_every_file_has_distinct_names(name: str) -> None:
    names = [name_of(case) for case in read(name)]
    assert len(names) >= 15
    assert len(set(names)) == len(names)
