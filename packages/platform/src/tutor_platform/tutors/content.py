"""What a teacher writes of a tutor, as one value: what is published, kept in versions, and compared.

The words for the engine are made here too: the limits a teacher sets become part of the persona.
"""

import re
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tutor_platform.kit.language import Language
from tutor_platform.kit.teaching import MAX_PACE, MIN_PACE, USUAL_MODE, USUAL_PACE, AgeBand, Mode
from tutor_platform.kit.text import Line, Words
from tutor_platform.tutors.models import Tutor
from tutor_protocol.http import TutorSpec

MAX_TOPICS = 20
MAX_LIBRARIES = 16
_AVATAR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def _a_face(name: str) -> str:
    if not _AVATAR.fullmatch(name):
        raise ValueError("no name of a face")
    return name


Topic = Annotated[Line, Field(min_length=1, max_length=100)]


class TutorContent(BaseModel):
    """Everything a teacher decides about a tutor."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    language: Language
    subject: Annotated[Line, Field(max_length=200)] = ""
    summary: Annotated[Words, Field(max_length=2_000)] = ""
    persona: Annotated[Words, Field(max_length=8_000)] = ""
    greeting: Annotated[Words, Field(max_length=2_000)] = ""
    voice: Annotated[Line, Field(max_length=100)] = ""
    avatar_id: Annotated[str, Field(max_length=64), AfterValidator(_a_face)]
    llm_model: Annotated[Line, Field(max_length=100)] | None = Field(
        default=None, description="Null: what the engine uses anyway."
    )
    mode: Mode = USUAL_MODE
    pace: float = Field(default=USUAL_PACE, ge=MIN_PACE, le=MAX_PACE, allow_inf_nan=False)
    push_to_talk: bool = False
    minutes_per_lesson: int | None = Field(default=None, ge=5, le=240, description="Null: no limit.")
    topics_allowed: list[Topic] = Field(default_factory=list[str], max_length=MAX_TOPICS)
    topics_declined: list[Topic] = Field(default_factory=list[str], max_length=MAX_TOPICS)
    age_band: AgeBand | None = None
    library_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        default_factory=list[str], max_length=MAX_LIBRARIES
    )


COLUMNS = tuple(name for name in TutorContent.model_fields if name != "library_ids")


def content_of(tutor: Tutor, library_ids: list[str]) -> TutorContent:
    """The published content of a tutor, or the only one of a tutor that was never published."""
    columns = {name: getattr(tutor, name) for name in COLUMNS}
    # What is stored was valid when it was stored; a limit that is set later does not make a tutor unreadable.
    return TutorContent.model_construct(**columns, library_ids=library_ids)


def stored_content(raw: dict[str, Any]) -> TutorContent:
    """Content that was kept as JSON; fields that have come since have their usual values."""
    return TutorContent.model_construct(**cast(Any, raw))


def put_into(tutor: Tutor, content: TutorContent) -> None:
    """Make the columns of a tutor say what the content says."""
    for name in COLUMNS:
        setattr(tutor, name, getattr(content, name))


_GREETINGS = {
    "en": "Hello, I'm {name}. What would you like to learn today?",
    "zh": "你好，我是{name}。今天想学点什么？",
}
_PERSONAS = {
    "en": (
        "You are {name}, a warm and patient tutor. Answer in plain English with short sentences, one idea at "
        "a time. Rest every fact on the library; when the library does not say it, say so kindly."
    ),
    "zh": (
        "你是{name}，一位亲切、耐心的老师。用简明的普通话回答，句子要短，一次只讲一个要点。"
        "所有事实都以资料库为依据；资料库里没有的内容，要坦率说明。"
    ),
}
_FACES: dict[Language, str] = {"en": "ada", "zh": "lin"}


def usual_face(language: Language) -> str:
    """The drawn tutor that speaks this language."""
    return _FACES[language]


def first_draft(name: str, language: Language) -> TutorContent:
    """What a new tutor is like until its teacher says otherwise."""
    face = usual_face(language)
    return TutorContent(
        name=name,
        language=language,
        persona=_PERSONAS[language].format(name=name),
        greeting=_GREETINGS[language].format(name=name),
        voice=face,
        avatar_id=face,
    )


_LIMITS = {
    "en": {
        "allowed": "Talk about these subjects only: {}. Lead other questions kindly back to them.",
        "declined": "Do not talk about: {}. Say kindly that this is not for this lesson.",
        "age": "Your students are {}. Choose words and examples that fit.",
        "ages": {
            "6-9": "six to nine years old",
            "10-13": "ten to thirteen years old",
            "14-18": "fourteen to eighteen years old",
            "adult": "grown up",
        },
        "and": ", ",
    },
    "zh": {
        "allowed": "只谈这些内容：{}。遇到其他问题，请温和地引导回来。",
        "declined": "不谈这些内容：{}。请温和地说明这不属于本课。",
        "age": "你的学生{}，用词和例子要合适。",
        "ages": {
            "6-9": "年龄在六到九岁",
            "10-13": "年龄在十到十三岁",
            "14-18": "年龄在十四到十八岁",
            "adult": "是成年人",
        },
        "and": "、",
    },
}


def persona_for_engine(content: TutorContent) -> str:
    """The persona with the limits a teacher has set, in the tutor's language."""
    words = cast(dict[str, Any], _LIMITS[content.language])
    parts = [content.persona]
    if content.age_band is not None:
        parts.append(words["age"].format(words["ages"][content.age_band]))
    if content.topics_allowed:
        parts.append(words["allowed"].format(words["and"].join(content.topics_allowed)))
    if content.topics_declined:
        parts.append(words["declined"].format(words["and"].join(content.topics_declined)))
    return "\n".join(part for part in parts if part)


def spec_of(content: TutorContent) -> TutorSpec:
    """What the engine needs to know of a tutor; the lesson decides on mode and key."""
    return TutorSpec(
        name=content.name,
        persona=persona_for_engine(content),
        language=content.language,
        voice=content.voice or None,
        avatar_id=content.avatar_id,
        llm_model=content.llm_model,
        greeting=content.greeting,
        mode=content.mode,
        pace=content.pace,
        push_to_talk=content.push_to_talk,
        topics_allowed=content.topics_allowed,
        topics_declined=content.topics_declined,
    )
