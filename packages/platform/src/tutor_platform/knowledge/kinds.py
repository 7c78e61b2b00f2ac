"""Which files a library takes, told by their first bytes and their name, and what to call them.

A name from a person's machine is shown and never used as a path; it may hold anything.
"""

import unicodedata

from tutor_platform.kit.errors import FileRefused
from tutor_platform.knowledge.models import KINDS, Kind

MEDIA_TYPES: dict[Kind, str] = {
    "md": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "html": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
}
"""Text is shown as the text it is; nothing a teacher uploads is ever served as HTML."""

SHOWN_BY_BROWSERS: frozenset[Kind] = frozenset({"md", "txt", "pdf", "html"})
"""Everything else is offered for download."""

_ENDINGS: dict[str, Kind] = {"markdown": "md", "htm": "html", "text": "txt"}
_ENDINGS.update((kind, kind) for kind in KINDS)
_ZIPPED: frozenset[Kind] = frozenset({"docx", "pptx", "zip"})
_MAX_NAME_CHARS = 180
_MAX_TITLE_CHARS = 200


def kind_of(file_name: str, head: bytes) -> Kind:
    """The kind of a file by its name, when its first bytes do not contradict it.

    Raises:
        FileRefused: no kind that a library takes.
    """
    stem, dot, ending = file_name.rpartition(".")
    kind = _ENDINGS.get(ending.lower()) if dot and stem else None
    if kind is None:
        raise FileRefused("unknown ending")
    zipped, pdf = head.startswith(b"PK"), b"%PDF-" in head
    if zipped != (kind in _ZIPPED) or pdf != (kind == "pdf"):
        raise FileRefused(f"no {kind}")
    return kind


def safe_name(given: str) -> str:
    """The last part of a name, without what is unseen or means something to a file system; never empty."""
    plain = unicodedata.normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    seen = "".join(
        char for char in plain if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*'
    ).strip()
    stem, dot, ending = seen.rpartition(".")
    if not dot or not ending:
        return seen.strip(" .")[:_MAX_NAME_CHARS] or "document"
    return f"{stem[: _MAX_NAME_CHARS - len(ending) - 1].strip(' .') or 'document'}.{ending[:10]}"


def title_of(file_name: str) -> str:
    """A file's name as words."""
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:_MAX_TITLE_CHARS] or file_name
