"""The small parts: identifiers, languages, limits, files, logs, settings."""

import logging
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from tutor_platform.kit.errors import explain
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.language import preferred
from tutor_platform.kit.limits import BucketsByKey, TokenBucket
from tutor_platform.kit.log import RedactTokens, drop_private, redact
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.settings import Settings


def test_identifiers_sort_by_time_and_differ() -> None:
    made = [new_id(now_ms) for now_ms in (0, 1, 1_000, 1_772_442_000_000, 2**48 - 1)]
    assert made == sorted(made)
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", identifier) for identifier in made)
    assert len({new_id(5) for _ in range(1_000)}) == 1_000
    in_a_row = [new_id() for _ in range(2_000)]
    assert in_a_row == sorted(set(in_a_row))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,zh;q=0.9", "en"),
        ("fr,zh;q=0.2,en;q=0.1", "zh"), ("fr", "en"), ("zh;q=0", "en"), ("zh;q=x,en;q=0.1", "en"),
        (",;=,;;q", "en"), ("zh;v=1", "zh"),
    ],
)  # fmt: skip
def test_the_better_language_wins(header: str, language: str) -> None:
    assert preferred(header) == language


def test_every_code_has_a_sentence_in_both_languages() -> None:
    for code in ("bad_credentials", "not_found", "no_seat", "engine_refused", "never heard of"):
        assert explain(code, "en") != explain(code, "zh")


def test_a_bucket_allows_a_burst_and_then_a_rate() -> None:
    bucket = TokenBucket(rate_hz=2, burst=3)
    assert [bucket.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(10.4)
    assert bucket.take(10.5)
    assert [bucket.take(1_000.0) for _ in range(4)] == [True, True, True, False]


def test_buckets_are_kept_apart_and_bounded() -> None:
    buckets = BucketsByKey(rate_hz=1, burst=1, max_keys=2)
    assert buckets.take("a", 0)
    assert not buckets.take("a", 0)
    assert buckets.take("b", 0)
    assert buckets.take("c", 0)
    assert buckets.take("a", 0), "the longest unused key was forgotten"


async def test_files_are_whole_and_stay_in_their_folder(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    await storage.put("documents/a.md", b"one")
    await storage.put("documents/a.md", b"two")
    assert await storage.get("documents/a.md") == b"two"
    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["a.md"]
    age_s = await storage.age_s("documents/a.md", (tmp_path / "documents/a.md").stat().st_mtime + 5)
    assert age_s == 5
    await storage.delete("documents/a.md")
    await storage.delete("documents/a.md")
    assert await storage.get("documents/a.md") is None
    assert await storage.age_s("documents/a.md", 0) is None
    for key in ("../x/y", "/etc/passwd", "a", "a/../b", "a/..", "A/b", "a/b\0", "a//b", ""):
        with pytest.raises(ValueError, match="key"):
            storage.path(key)


@pytest.mark.parametrize(
    "line",
    [
        '"WebSocket /api/ws/proxy/user/1?token=SECRET" [accepted]',
        "GET /x?a=1&token=SECRET&b=2",
        "sec-websocket-protocol: tutor.v1, token.SECRET",
        "TOKEN=SECRET",
    ],
)
def test_tokens_never_reach_a_log(line: str) -> None:
    assert "SECRET" not in redact(line)
    record = logging.LogRecord("uvicorn.error", logging.INFO, "", 0, "%s", (line,), None)
    assert RedactTokens().filter(record)
    assert "SECRET" not in record.getMessage()


def test_personal_words_and_secrets_are_dropped() -> None:
    event = {"event": "x", "content": "I am Alex", "password": "p", "path": "/a?token=p", "n": 1}
    assert drop_private(None, "", event) == {"event": "x", "password": "***", "path": "/a?token=***", "n": 1}


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    assert plain.database == f"sqlite:///{tmp_path / 'var' / 'platform.db'}"
    assert plain.engine_socket == "ws://127.0.0.1:9000"
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@h/d")
    monkeypatch.setenv("ENGINE_URL", "https://gpu.example:19000/")
    monkeypatch.setenv("PLATFORM_ORIGINS", "http://localhost:3000/, https://x.example")
    monkeypatch.setenv("PLATFORM_PORT", "8123")
    chosen = Settings()
    assert chosen.database.startswith("postgresql://")
    assert chosen.engine_socket == "wss://gpu.example:19000"
    assert chosen.platform_origins == ("http://localhost:3000", "https://x.example")
    assert chosen.platform_port == 8123
    assert "hidden" not in repr(chosen)
    monkeypatch.setenv("ENGINE_WS_URL", "ws://gpu:9001")
    assert Settings().engine_socket == "ws://gpu:9001"
    monkeypatch.setenv("PLATFORM_PORT", "70000")
    with pytest.raises(ValidationError):
        Settings()
