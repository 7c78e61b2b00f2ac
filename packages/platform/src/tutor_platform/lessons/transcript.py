"""A lesson as a file to keep: Markdown, plain text, JSON or subtitles. Pure: rows in, text out.

Every format says that an AI spoke. Of the tutor's words only those that were heard are given; what was never
heard is marked as such where the format has room for it. What teachers wrote stands where they wrote it.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from tutor_platform.classes.models import TeacherWords
from tutor_platform.kit.language import Language
from tutor_platform.lessons.models import Lesson, Turn

Format = Literal["md", "txt", "json", "vtt"]

MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown",
    "txt": "text/plain",
    "json": "application/json",
    "vtt": "text/vtt",
}
_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Lesson with {name}", "与{name}的课"),
    "ai": (
        "{name} is an AI tutor. Its words were made by a machine.",
        "{name}是 AI 老师，以下老师的话由机器生成。",
    ),
    "you": ("You", "你"),
    "teacher": ("{name} (teacher)", "{name}（老师）"),
    "cut": ("interrupted", "被打断"),
    "unheard": ("stopped before anything was heard", "还没听到就停下了"),
    "page": ("p. {page}", "第 {page} 页"),
}
_CUE_LEAST_S = 1.0
_CUE_CHARS_HZ = 14.0
"""Letters read or spoken in a second; says how long a cue stays when nothing else does."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


Contribution = Turn | TeacherWords


def transcript(
    kind: Format,
    lesson: Lesson,
    tutor: str,
    turns: Sequence[Turn],
    language: Language,
    words: Sequence[TeacherWords] = (),
) -> str:
    """The whole lesson in the wanted format, with what teachers wrote into it."""
    writer = {"md": _markdown, "txt": _plain, "json": _json, "vtt": _subtitles}[kind]
    return writer(lesson, tutor, merged(turns, words), language)


def merged(turns: Sequence[Turn], words: Sequence[TeacherWords]) -> list[Contribution]:
    """All contributions in order: words follow the turn whose number they carry, as they were written."""
    placed: list[tuple[int, bool, str, Contribution]] = [(turn.seq, False, "", turn) for turn in turns]
    placed += [(each.after_seq, True, each.id, each) for each in words]
    return [each for *_, each in sorted(placed, key=lambda one: one[:3])]


def _say(key: str, language: Language, **holes: object) -> str:
    return _WORDS[key][language == "zh"].format(**holes)


def heard_of(turn: Contribution) -> str:
    """What of a contribution was said and heard."""
    if isinstance(turn, Turn) and turn.role == "assistant" and turn.interrupted:
        return (turn.heard or "").strip()
    return turn.content.strip()


def _note(turn: Contribution, language: Language) -> str:
    if isinstance(turn, TeacherWords) or not turn.interrupted:
        return ""
    return _say("cut" if heard_of(turn) else "unheard", language)


def _citations(turn: Contribution) -> list[dict[str, Any]]:
    return [] if isinstance(turn, TeacherWords) else turn.citations


def _name(turn: Contribution, tutor: str, language: Language) -> str:
    if isinstance(turn, TeacherWords):
        return _say("teacher", language, name=turn.name)
    return _say("you", language) if turn.role == "user" else tutor


def _escaped(text: str) -> str:
    """Words that a person wrote, so that Markdown shows them as they are."""
    return _MARKDOWN.sub(r"\\\1", text)


def _markdown(lesson: Lesson, tutor: str, turns: Sequence[Contribution], language: Language) -> str:
    lines = [
        f"# {_escaped(_say('title', language, name=tutor))}",
        "",
        f"{_moment(lesson.started_at)} · *{_escaped(_say('ai', language, name=tutor))}*",
    ]
    for turn in turns:
        note = _note(turn, language)
        # The tutor writes Markdown itself; what people typed is text.
        of_tutor = isinstance(turn, Turn) and turn.role == "assistant"
        words = heard_of(turn) if of_tutor else _escaped(heard_of(turn))
        lines += [
            "",
            f"**{_escaped(_name(turn, tutor, language))}:** {words}" + (f" *({note})*" if note else ""),
        ]
        lines += [
            f"> [{cited['n']}] {_escaped(str(cited['title']))}, "
            f"{_say('page', language, page=cited['page'])}: {_escaped(' '.join(str(cited['quote']).split()))}"
            for cited in _citations(turn)
        ]
    return "\n".join(lines) + "\n"


def _plain(lesson: Lesson, tutor: str, turns: Sequence[Contribution], language: Language) -> str:
    lines = [
        _say("title", language, name=tutor),
        _moment(lesson.started_at),
        _say("ai", language, name=tutor),
    ]
    for turn in turns:
        note = _note(turn, language)
        lines += ["", f"{_name(turn, tutor, language)}: {heard_of(turn)}" + (f" ({note})" if note else "")]
        lines += [
            f"  [{cited['n']}] {cited['title']}, {_say('page', language, page=cited['page'])}"
            for cited in _citations(turn)
        ]
    return "\n".join(lines) + "\n"


def _json(lesson: Lesson, tutor: str, turns: Sequence[Contribution], language: Language) -> str:
    return json.dumps(
        {
            "lesson": lesson.id,
            "tutor": tutor,
            "ai": _say("ai", language, name=tutor),
            "mode": lesson.mode,
            "started_at": lesson.started_at.isoformat(),
            "ended_at": lesson.ended_at.isoformat() if lesson.ended_at else None,
            "turns": [_turn(turn) for turn in turns if isinstance(turn, Turn)],
            "teachers": [_written(each) for each in turns if isinstance(each, TeacherWords)],
        },
        ensure_ascii=False,
        indent=2,
    )


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "seq": turn.seq,
        "role": turn.role,
        "content": turn.content,
        "heard": turn.heard,
        "interrupted": turn.interrupted,
        "source": turn.source,
        "citations": turn.citations,
        "choices": turn.choices,
        "created_at": turn.created_at.isoformat(),
    }


def _written(words: TeacherWords) -> dict[str, object]:
    return {
        "after_seq": words.after_seq,
        "name": words.name,
        "content": words.content,
        "created_at": words.created_at.isoformat(),
    }


def _subtitles(lesson: Lesson, tutor: str, turns: Sequence[Contribution], language: Language) -> str:
    """WebVTT; a cue stays until the next one begins, or as long as its words take."""
    label = _cue_text(_say("ai", language, name=tutor))
    blocks = ["WEBVTT", f"NOTE {label}"]
    spoken = [(turn, heard_of(turn)) for turn in turns]
    cues = [(turn, words) for turn, words in spoken if words]
    starts = [max(0.0, (turn.created_at - lesson.started_at).total_seconds()) for turn, _ in cues]
    for at, (turn, words) in enumerate(cues):
        lasts_s = max(_CUE_LEAST_S, len(words) / _CUE_CHARS_HZ)
        later = [start for start in starts[at + 1 :] if start > starts[at]]
        end_s = min(starts[at] + lasts_s, later[0]) if later else starts[at] + lasts_s
        voice = _cue_text(_name(turn, tutor, language)).replace(">", "")
        first = f"({label})\n" if at == 0 else ""
        blocks.append(f"{_clock(starts[at])} --> {_clock(end_s)}\n{first}<v {voice}>{_cue_text(words)}")
    if not cues:
        blocks.append(f"{_clock(0)} --> {_clock(_CUE_LEAST_S)}\n({label})")
    return "\n\n".join(blocks) + "\n"


def _cue_text(words: str) -> str:
    """One line in which nothing is read as a tag, an arrow or a new cue."""
    line = " ".join(words.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")


def _clock(at_s: float) -> str:
    whole_ms = round(at_s * 1000)
    hours, rest = divmod(whole_ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
