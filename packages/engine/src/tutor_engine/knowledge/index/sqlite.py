"""The library in SQLite files, one for each knowledge base: what is not searched is not even open.

A search over several bases asks each file and merges by score. Files of bases that are not used are closed.
"""

import hashlib
import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from tutor_engine.knowledge.document import CutPassage, Language
from tutor_engine.knowledge.index.sqlite_file import BaseFile
from tutor_engine.knowledge.index.tokens import Tokens
from tutor_engine.knowledge.port import (
    BaseKey,
    Embedded,
    Frequencies,
    Hit,
    PageText,
    Place,
    Scope,
    StoredDocument,
    StoredPassage,
    TokenIndex,
    Vectors,
    VersionGone,
)

_OPEN_BASES = 64
"""Files kept open at once; the least recently used is closed."""
_PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TENANTS = "tenants"


class SqliteIndex:
    """An `Index` in a folder: `<kb>.sqlite` without tenant, `tenants/<tenant>/<kb>.sqlite` with one."""

    def __init__(self, folder: Path, tokens: Tokens) -> None:
        self._folder = folder
        self._tokens = tokens
        self._lock = threading.Lock()
        self._files: OrderedDict[BaseKey, BaseFile] = OrderedDict()

    def begin(self, kb: BaseKey, document_id: str, *, sha256: str, title: str, kind: str) -> int:
        """See `PassageIndex.begin`."""
        return self._file(kb).begin(document_id, sha256, title, kind)

    def add_pages(
        self,
        kb: BaseKey,
        document_id: str,
        version: int,
        pages: Sequence[PageText],
        cuts: Sequence[CutPassage],
    ) -> None:
        """See `PassageIndex.add_pages`."""
        if not self._exists(kb):
            raise VersionGone(document_id)
        self._file(kb).add_pages(document_id, version, pages, cuts)

    def finish(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.finish`."""
        if not self._exists(kb):
            raise VersionGone(document_id)
        self._file(kb).finish(document_id, version)

    def abandon(self, kb: BaseKey, document_id: str, version: int) -> None:
        """See `PassageIndex.abandon`."""
        if self._exists(kb):
            self._file(kb).abandon(document_id, version)

    def remove(self, kb: BaseKey, document_id: str) -> bool:
        """See `PassageIndex.remove`."""
        return self._exists(kb) and self._file(kb).remove(document_id)

    def documents(self, kb: BaseKey) -> list[StoredDocument]:
        """See `PassageIndex.documents`."""
        return self._file(kb).documents() if self._exists(kb) else []

    def page_text(self, kb: BaseKey, document_id: str, page: int, version: str = "") -> str | None:
        """See `PassageIndex.page_text`."""
        return self._file(kb).page_text(document_id, page, version) if self._exists(kb) else None

    def ranked(self, scope: Scope, index: TokenIndex, terms: Sequence[str], limit: int) -> list[Hit]:
        """See `PassageSearch.ranked`."""
        return _best([file.ranked(index, terms, limit) for file in self._searched(scope)], limit)

    def frequencies(self, scope: Scope, index: TokenIndex, terms: Sequence[str]) -> Frequencies:
        """See `PassageSearch.frequencies`."""
        found = dict.fromkeys(terms, 0)
        passages = 0
        for file in self._searched(scope):
            passages += file.count()
            for term, count in file.frequencies(index, terms).items():
                found[term] += count
        return Frequencies(passages, found)

    def nearest(self, scope: Scope, model: str, vector: Vectors, limit: int) -> list[Hit]:
        """See `PassageSearch.nearest`."""
        return _best([file.nearest(model, vector, limit) for file in self._searched(scope)], limit)

    def passages(self, scope: Scope, places: Sequence[Place], model: str = "") -> list[StoredPassage]:
        """See `PassageSearch.passages`."""
        found: dict[Place, StoredPassage] = {}
        for file in self._searched(scope):
            rows = [place.row for place in places if place.kb_id == file.key.kb_id]
            found |= {passage.place: passage for passage in file.passages(rows, model)} if rows else {}
        return [found[place] for place in places if place in found]

    def outline(self, scope: Scope, limit: int) -> list[StoredPassage]:
        """See `PassageSearch.outline`."""
        found: list[StoredPassage] = []
        for file in self._searched(scope):
            found += file.outline(limit - len(found))
        return found

    def bases(self) -> list[BaseKey]:
        """See `VectorShelf.bases`. Files that are not ours, or of earlier versions, are passed over."""
        found: list[BaseKey] = []
        for path in sorted([*self._folder.glob("*.sqlite"), *self._folder.glob(f"{_TENANTS}/*/*.sqlite")]):
            key = _key_of(path)
            if key is not None and self._path(key) == path:
                found.append(key)
        return found

    def without_vectors(
        self, kb: BaseKey, model: str, languages: Sequence[Language], limit: int
    ) -> list[StoredPassage]:
        """See `VectorShelf.without_vectors`."""
        return self._file(kb).without_vectors(model, languages, limit) if self._exists(kb) else []

    def set_vectors(self, kb: BaseKey, model: str, embedded: Sequence[Embedded]) -> None:
        """See `VectorShelf.set_vectors`."""
        if self._exists(kb):
            self._file(kb).set_vectors(model, embedded)

    def check(self) -> None:
        """See `Index.check`; the files are here."""

    def close(self) -> None:
        """Close all files. Idempotent."""
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def _file(self, kb: BaseKey) -> BaseFile:
        with self._lock:
            file = self._files.get(kb)
            if file is None:
                file = self._files[kb] = BaseFile(self._path(kb), kb, self._tokens.indexed)
            self._files.move_to_end(kb)
            if len(self._files) > _OPEN_BASES:
                # Somebody may be reading it: it waits for its turn, and opens again when asked.
                list(self._files.values())[-_OPEN_BASES - 1].close()
            return file

    def _searched(self, scope: Scope) -> list[BaseFile]:
        return [self._file(key) for key in scope.keys if self._exists(key)]

    def _exists(self, kb: BaseKey) -> bool:
        if kb in self._files:
            return True
        path = self._path(kb)
        if not path.exists() and kb.tenant:
            _adopt(self._path(BaseKey("", kb.kb_id)), path)
        return path.exists()

    def _path(self, kb: BaseKey) -> Path:
        name = f"{file_name(kb.kb_id)}.sqlite"
        return self._folder / _TENANTS / file_name(kb.tenant) / name if kb.tenant else self._folder / name


def file_name(name: str) -> str:
    """A file name that cannot leave the folder; identifiers that are not plain become their hash."""
    if _PLAIN_ID.fullmatch(name):
        return name
    return "kb." + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _best(rankings: Sequence[list[Hit]], limit: int) -> list[Hit]:
    if len(rankings) == 1:
        return rankings[0]
    return sorted((hit for ranking in rankings for hit in ranking), key=lambda hit: -hit.score)[:limit]


def _key_of(path: Path) -> BaseKey | None:
    """Whose base a file is; None for files of earlier versions, which know no tenant."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] < 2:
                # It waits for whoever asks for it first; see `_adopt`.
                return None
            meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
        db.close()
    except sqlite3.Error:
        return None
    return BaseKey(meta["tenant"], meta["kb_id"])


def _adopt(old: Path, new: Path) -> None:
    """A file from before there were tenants goes to the tenant whose web server first asks for it by name.

    Its identifiers are the web server's own and unique there; files of this version are never moved.
    """
    if not old.exists():
        return
    with sqlite3.connect(old) as db:
        first = db.execute("PRAGMA user_version").fetchone()[0] == 1
        if first:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    if first:
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)
