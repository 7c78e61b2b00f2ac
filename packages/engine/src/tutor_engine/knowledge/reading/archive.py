"""Zip archives from strangers: looked over before anything is unpacked, and unpacked in memory with a budget.

Nothing is ever written under a name from an archive. Links, names that lead elsewhere, overlapping or hugely
compressed files, encrypted ones and archives within archives are refused.
"""

import io
import lzma
import stat
import struct
import zipfile
import zlib

from tutor_engine.knowledge.document import BadDocument, ParseLimits, Unreadable

_CHUNK = 256 * 1024
_SMALL = 1024 * 1024
"""Below this size a high ratio is harmless: empty styles shrink a hundredfold."""
_ENTRY_BYTES = 512
"""More of central directory per file than any usual name needs."""
_END = struct.Struct("<4s4H2LH")
_BAD = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError, struct.error)


class Archive:
    """An opened archive whose list of files is sane; `read` counts what is really unpacked."""

    def __init__(self, data: bytes, limits: ParseLimits) -> None:
        """Look the archive over.

        Raises:
            BadDocument: it cannot be opened, or should not be.
        """
        self._limits = limits
        self._left = limits.max_unpacked_bytes
        _check_end(data, limits)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (*_BAD, ValueError, UnicodeDecodeError) as error:
            raise BadDocument(Unreadable.DAMAGED, f"no zip: {type(error).__name__}") from error
        self._check(len(data))

    @property
    def names(self) -> list[str]:
        """Files in the order of the archive, without folders."""
        return [entry.filename for entry in self._zip.infolist() if not entry.is_dir()]

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            BadDocument: it is damaged, or unpacks to more than it says or than is left of the budget.
        """
        entry = self._zip.getinfo(name)
        data = bytearray()
        try:
            with self._zip.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    data += chunk
                    if len(data) > min(self._left, entry.file_size):
                        raise BadDocument(Unreadable.BOMB, f"{name} unpacks without end")
        except _BAD as error:
            raise BadDocument(Unreadable.DAMAGED, f"{name}: {type(error).__name__}") from error
        except RuntimeError as error:  # how zipfile says that a password is asked for
            raise BadDocument(Unreadable.ENCRYPTED, name) from error
        self._left -= len(data)
        return bytes(data)

    def _check(self, size: int) -> None:
        entries = self._zip.infolist()
        if len(entries) > self._limits.max_entries:
            raise BadDocument(Unreadable.BOMB, f"{len(entries)} files")
        for entry in entries:
            _check_entry(entry, self._limits)
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > self._limits.max_unpacked_bytes:
            raise BadDocument(Unreadable.BOMB, f"{unpacked} bytes unpacked")
        if unpacked > _SMALL and unpacked > size * self._limits.max_ratio:
            raise BadDocument(Unreadable.BOMB, "ratio")
        _check_overlap(entries, size)


def _check_end(data: bytes, limits: ParseLimits) -> None:
    """Refuse a list of files too long to be read, before it is read."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or len(data) - at < _END.size:
        raise BadDocument(Unreadable.DAMAGED, "no end of the archive")
    directory_bytes = _END.unpack_from(data, at)[5]
    if directory_bytes != 0xFFFFFFFF and directory_bytes > limits.max_entries * _ENTRY_BYTES:
        raise BadDocument(Unreadable.BOMB, f"{directory_bytes} bytes of names")
    if directory_bytes == 0xFFFFFFFF:
        raise BadDocument(Unreadable.BOMB, "zip64")


def _check_entry(entry: zipfile.ZipInfo, limits: ParseLimits) -> None:
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename or not name:
        raise BadDocument(Unreadable.UNSAFE_NAMES, name[:80])
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadDocument(Unreadable.UNSAFE_NAMES, f"{name[:80]} is a link")
    if entry.flag_bits & 0x1:
        raise BadDocument(Unreadable.ENCRYPTED, name[:80])
    if entry.file_size > _SMALL and entry.file_size > max(entry.compress_size, 1) * limits.max_ratio:
        raise BadDocument(Unreadable.BOMB, f"{name[:80]} shrinks too well")


def _check_overlap(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Files that share their bytes are how a small archive holds petabytes."""
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < at or entry.header_offset + entry.compress_size > size:
            raise BadDocument(Unreadable.BOMB, "files overlap")
        at = entry.header_offset + 30 + entry.compress_size
