"""What a document is once it has been read: pages, blocks, passages, sentences; and why one cannot be read.

Plain values only. All offsets count Unicode code points of the text of the page.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["en", "zh"]
BlockKind = Literal["heading", "paragraph", "item", "code", "table"]


class Unreadable(StrEnum):
    """Why a document was refused."""

    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_COMPLEX = "too_complex"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    BINARY = "binary"
    NO_TEXT = "no_text"


_SENTENCES: dict[Unreadable, tuple[str, str]] = {
    Unreadable.UNSUPPORTED: (
        "I can read PDF, Markdown and plain text files. Please save the document as one of these.",
        "我可以读取 PDF、Markdown 和纯文本文件，请把文档存成其中一种格式。",
    ),
    Unreadable.EMPTY: ("This document is empty.", "这份文档是空的。"),
    Unreadable.TOO_LARGE: (
        "This file is too large. Please split it into smaller documents.",
        "这个文件太大，请拆分成几份较小的文档。",
    ),
    Unreadable.TOO_LONG: (
        "This document has too many pages or too much text. Please split it into parts.",
        "这份文档的页数或文字太多，请拆分成几部分。",
    ),
    Unreadable.TOO_COMPLEX: (
        "Reading this document took too much time or memory, so I stopped. Please save it in a simpler form.",
        "读取这份文档占用的时间或内存过多，已经停止。请把它存成更简单的格式。",
    ),
    Unreadable.ENCRYPTED: (
        "This PDF is protected by a password. Please upload it without one.",
        "这份 PDF 有密码保护，请上传没有密码的版本。",
    ),
    Unreadable.DAMAGED: (
        "This file is damaged, or it is not what its name says.",
        "这个文件已损坏，或者内容与文件名不符。",
    ),
    Unreadable.BINARY: (
        "This file does not contain readable text.",
        "这个文件里没有可以读取的文字。",
    ),
    Unreadable.NO_TEXT: (
        "The pages of this document are pictures without text. Please upload a version with text.",
        "这份文档的页面是没有文字的图片，请上传带文字的版本。",
    ),
}


class BadDocument(Exception):
    """A document that cannot be read; `reason` says why and `sentence` tells the teacher."""

    def __init__(self, reason: Unreadable, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)

    def sentence(self, language: str = "en") -> str:
        """For the teacher, in Chinese for any `zh…` language, else in English."""
        english, chinese = _SENTENCES[self.reason]
        return chinese if language.startswith("zh") else english


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one untrusted document may cost."""

    max_bytes: int = 32 * 1024 * 1024
    max_pages: int = 1_500
    max_characters: int = 4_000_000
    """Four long novels."""
    cpu_s: int = 60
    wall_s: float = 120.0
    memory_bytes: int = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page that belongs together; gaps between blocks (menus, page numbers) are dropped."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Of headings: 1 is the title."""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One page as text; `failed` says why it has none."""

    number: int
    text: str
    blocks: tuple[Block, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class CutPassage:
    """A passage: `text` is exactly `page.text[start : start + len(text)]`."""

    page: int
    start: int
    text: str
    heading: str
    """Headings above it, joined by ` › `."""
    language: Language
    sentences: tuple[tuple[int, int], ...] = ()
    """Offsets into `text` of what may be quoted; code and tables are not."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """All that a parser makes of a file."""

    kind: Literal["md", "txt", "pdf"]
    title: str
    pages: tuple[ParsedPage, ...]
    passages: tuple[CutPassage, ...] = field(default=())
