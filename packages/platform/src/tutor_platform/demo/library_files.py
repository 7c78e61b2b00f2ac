"""The documents that come with the demo, as they lie in `library/<language>/`.

A `library.json` beside them may give titles: an object of file names and titles. `questions.json` is no
document; neither is anything else that is not Markdown, text or PDF.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from tutor_platform.kit.language import Language
from tutor_platform.knowledge.models import Kind

FOLDER = Path(__file__).parent / "library"
_KINDS: dict[str, Kind] = {".md": "md", ".txt": "txt", ".pdf": "pdf"}
_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """One document."""

    file_name: str
    title: str
    kind: Kind
    data: bytes
    sha256: str


def library_files(language: Language, folder: Path = FOLDER) -> list[LibraryFile]:
    """The documents of one language, by file name; none when the folder is missing."""
    shelf = folder / language
    titles = _titles(shelf / "library.json")
    found: list[LibraryFile] = []
    for path in sorted(shelf.glob("*")):
        kind = _KINDS.get(path.suffix.lower())
        if kind is None:
            continue
        data = path.read_bytes()
        title = titles.get(path.name) or _title(path, kind, data)
        found.append(LibraryFile(path.name, title, kind, data, hashlib.sha256(data).hexdigest()))
    return found


def _titles(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    given = json.loads(path.read_text("utf-8"))
    return {str(name): str(title) for name, title in given.items()}


def _title(path: Path, kind: Kind, data: bytes) -> str:
    """The first heading of a Markdown document, else the file's name as words."""
    if kind == "md" and (heading := _HEADING.search(data.decode("utf-8", "replace"))):
        return heading.group(1)
    words = path.stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
