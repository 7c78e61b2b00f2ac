"""Stage times, and logs that keep secrets."""

import json
import logging

import pytest
import structlog

from tutor_engine.telemetry import Marks, configure_logs


def test_stages_are_counted_from_the_end_of_the_question() -> None:
    now = 10.0
    marks = Marks(lambda: now)
    marks.mark("speech_end", 9.0)
    marks.mark("words", 9.35)
    marks.mark("words", 9.9)
    marks.mark("played_first")
    assert marks.stages_ms() == {"words": 350.0, "played_first": 1000.0}


def test_without_a_question_there_is_no_latency() -> None:
    marks = Marks(lambda: 1.0)
    marks.mark("played_first")
    assert marks.stages_ms() == {}


def test_logs_hide_tokens_and_personal_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    structlog.get_logger().info("asked", question="my name is Bob", path="/ws/user_1?token=abc-DEF_1")
    logging.getLogger("library").warning("GET /ws?token=verysecret HTTP/1.1")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = []
    text = json.dumps(lines)
    assert "Bob" not in text
    assert "abc-DEF" not in text
    assert "verysecret" not in text
    assert lines[0]["event"] == "asked"
