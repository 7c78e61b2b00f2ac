"""What a document is once it has been read: pages, blocks, passages, sentences; and why one cannot be read.

Plain values only. All offsets count Unicode code points of the text of the page.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["en", "zh"]
Kind = Literal["md", "txt", "html", "pdf", "docx", "pptx", "zip"]
"""A `zip` is one document: its files follow each other, their pages are counted through."""
BlockKind = Literal["heading", "paragraph", "item", "code", "table"]


SPEAKER_NOTES: dict[Language, str] = {"en": "Speaker notes", "zh": "备注"}
"""Heads what stands under a slide; no subject that could be offered to a student."""


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
    MISNAMED = "misnamed"
    BOMB = "bomb"
    NESTED = "nested"
    UNSAFE_NAMES = "unsafe_names"
    ENTITIES = "entities"
    CRASHED = "crashed"
    REMOVED = "removed"


_SENTENCES: dict[Unreadable, tuple[str, str]] = {
    Unreadable.UNSUPPORTED: (
        "I can read PDF, Word (docx), PowerPoint (pptx), HTML, Markdown and plain text files, and zip files"
        " of these. Please save the document as one of them.",
        "我可以读取 PDF、Word（docx）、PowerPoint（pptx）、HTML、Markdown 和纯文本文件，"
        "以及由它们组成的 zip 压缩包。"
        "请把文档存成其中一种格式。",
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
        "This file is protected by a password. Please upload it without one.",
        "这份文件有密码保护，请上传没有密码的版本。",
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
    Unreadable.MISNAMED: (
        "The ending of this file's name does not fit its content. Please save it again in the right format.",
        "这个文件的扩展名与内容不符，请用正确的格式重新保存。",
    ),
    Unreadable.BOMB: (
        "This file unpacks to far more than a document needs, so I did not open it.",
        "这个文件解压后的大小远远超出正常文档，因此没有打开。",
    ),
    Unreadable.NESTED: (
        "This zip file contains another archive. Please put the documents into one zip file directly.",
        "这个压缩包里还有压缩包，请把文档直接放进同一个 zip 文件。",
    ),
    Unreadable.UNSAFE_NAMES: (
        "This archive contains links, or names that lead out of its folder, so I did not open it.",
        "这个压缩包含有链接，或者含有指向外部文件夹的路径，因此没有打开。",
    ),
    Unreadable.ENTITIES: (
        "This file defines XML entities, which can hide or fetch other content, so I did not open it.",
        "这个文件定义了 XML 实体，可能隐藏或读取其他内容，因此没有打开。",
    ),
    Unreadable.CRASHED: (
        "This document stopped its reader twice, so I gave up. Please save it again, perhaps as a new PDF.",
        "读取这份文档时，阅读程序两次意外停止，因此放弃。请重新保存，例如另存为新的 PDF。",
    ),
    Unreadable.REMOVED: (
        "This document was removed while it was being read.",
        "这份文档在读取过程中被删除了。",
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

    max_bytes: int = 64 * 1024 * 1024
    max_pages: int = 1_500
    max_characters: int = 4_000_000
    """Four long novels."""
    max_entries: int = 2_000
    """Files in an archive; a presentation of 300 slides has about 1,200."""
    max_unpacked_bytes: int = 256 * 1024 * 1024
    max_ratio: int = 200
    """Unpacked to packed bytes of an archive or one of its files; real XML stays below 60."""
    cpu_s: int = 60
    """Processor time for one step: opening, or one page."""
    total_cpu_s: int = 900
    wall_s: float = 120.0
    """Longest silence between two pages."""
    total_wall_s: float = 7_200.0
    """A scanned book of 1,500 pages at under five seconds each."""
    memory_bytes: int = 1024 * 1024 * 1024
    max_open_files: int = 64
    ocr: bool = True
    """Whether scanned pages are read with tesseract where it is installed."""


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
    places: bytes = b""
    recognised: bool = False
    hidden: int = 0


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
    flagged: bool = False
    """Looks like an order to a language model; shown to the owner, never quoted unasked."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as the reader hands it over: its text, or why it has none, and the passages cut from it."""

    number: int
    text: str
    failed: str = ""
    passages: tuple[CutPassage, ...] = ()
    places: bytes = b""
    """Packed geometry of a PDF page (see `geometry`); empty for other formats."""
    recognised: bool = False
    """Whether the text was read from a picture."""
    hidden: int = 0
    """Pieces of text that were left out because no reader can see them."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """All that a parser makes of a file."""

    kind: Kind
    title: str
    pages: tuple[ParsedPage, ...]
    passages: tuple[CutPassage, ...] = ()
