"""What an archive looks like: pure functions from records to the text of its files.

`index.html` and the transcripts are for people, `data/*.json` for programs. Whatever somebody typed is
escaped; the archive holds no script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from tutor_platform.kit.language import Language


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution."""

    speaker: str
    words: str
    at: datetime
    heard: str | None = None
    """What of it was really heard, when that is less."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A lesson as it is printed."""

    id: str
    tutor: str
    student: str
    began: datetime
    said: Sequence[Said]

    @property
    def file_name(self) -> str:
        """Of the transcript, without its ending; made of nothing that a person typed."""
        return f"{self.began:%Y-%m-%d}-{self.id}"


_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "What is kept of {who}",
        "made": "Made on {when} (UTC) by Virtual Tutor.",
        "label": "The tutors in these transcripts are machines; their words were generated.",
        "lessons": "Lessons",
        "with": "{tutor} with {student}",
        "data": "All records, for programs",
        "heard": "heard until here",
    },
    "zh": {
        "title": "{who} 的数据",
        "made": "由 Virtual Tutor 于 {when}（UTC）生成。",
        "label": "记录中的老师由人工智能驱动，其话语为机器生成。",
        "lessons": "课程",
        "with": "{tutor} 与 {student}",
        "data": "全部记录（供程序读取）",
        "heard": "听到此处",
    },
}


def as_markdown(lesson: Conversation, language: Language) -> str:
    """A transcript as Markdown; what was said stands in quotes, so that it cannot pretend to be a heading."""
    words = _WORDS[language]
    lines = [
        f"# {_one_line(words['with'].format(tutor=lesson.tutor, student=lesson.student))}",
        "",
        f"{lesson.began:%Y-%m-%d %H:%M} UTC. {words['label']}",
        "",
    ]
    for said in lesson.said:
        lines += [f"**{_one_line(said.speaker)}** ({said.at:%H:%M:%S})", ""]
        lines += [f"> {line}" for line in said.words.splitlines()] + [""]
        if said.heard is not None and said.heard.strip() != said.words.strip():
            lines += [f"({words['heard']}: {_one_line(said.heard)})", ""]
    return "\n".join(lines)


def as_html(
    who: str, made: datetime, lessons: Sequence[Conversation], tables: Sequence[str], language: Language
) -> str:
    """The page that opens first."""
    words = _WORDS[language]
    title = escape(words["title"].format(who=who))
    rows = "".join(
        f'<li><a href="transcripts/{lesson.file_name}.md">{lesson.began:%Y-%m-%d %H:%M}</a> '
        f"{escape(words['with'].format(tutor=lesson.tutor, student=lesson.student))}</li>"
        for lesson in lessons
    )
    data = "".join(f'<li><a href="data/{name}.json">{name}.json</a></li>' for name in tables)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1>"
        f"<p>{escape(words['made'].format(when=f'{made:%Y-%m-%d %H:%M}'))}</p><p>{escape(words['label'])}</p>"
        f"<h2>{escape(words['lessons'])}</h2><ul>{rows}</ul>"
        f"<h2>{escape(words['data'])}</h2><ul>{data}</ul></html>\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
