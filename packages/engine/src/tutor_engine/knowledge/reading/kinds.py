"""What a file is, by its name and its first bytes together. A file that is two things at once is refused."""

from pathlib import PurePosixPath

from tutor_engine.knowledge.document import BadDocument, Kind, Unreadable

KINDS: dict[str, Kind] = {
    ".md": "md", ".markdown": "md", ".txt": "txt", ".text": "txt", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".zip": "zip",
}  # fmt: skip
"""What can be read, by the ending of the file's name."""

ARCHIVES = frozenset(
    (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar", ".iso", ".cab", ".zst")
)
"""Endings of archives, which have no place within an archive."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    _ZIP, _OLE, b"%PDF-", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf", b"BZh", b"\xfd7zXZ", b"OggS", b"ID3", b"SQLite format 3", b"\xca\xfe\xba\xbe", b"wOFF",
)  # fmt: skip
"""First bytes of files that are certainly no text."""
_BEFORE_PDF = (_ZIP, b"GIF8", b"\xff\xd8\xff", b"\x89PNG", b"\x7fELF", b"MZ", b"<", b"#!", b"{\\rtf")


def kind_of(data: bytes, filename: str) -> Kind:
    """The kind of a document.

    Raises:
        BadDocument: it cannot be read, or its bytes say something else than its name.
    """
    suffix = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        raise BadDocument(Unreadable.UNSUPPORTED, suffix[:16])
    if not data.strip():
        raise BadDocument(Unreadable.EMPTY)
    if kind in ("docx", "pptx", "zip"):
        if data.startswith(_OLE) and _ENCRYPTED_PACKAGE in data:
            raise BadDocument(Unreadable.ENCRYPTED, "an encrypted Office file")
        if not data.startswith((_ZIP, b"PK\x05\x06")):
            raise BadDocument(Unreadable.MISNAMED, f"no {kind}")
    elif kind == "pdf":
        if b"%PDF-" in data[:1024] and data.startswith(_BEFORE_PDF):
            raise BadDocument(Unreadable.MISNAMED, "two files in one")
    elif data.startswith(_FOREIGN):
        raise BadDocument(Unreadable.MISNAMED, f"no {kind}")
    return kind
