"""What the index of the library promises: documents in, in versions; passages out, by words and by vectors.

Three ports, so that each part sees only what it needs: `PassageIndex` (writing and reading documents),
`PassageSearch` (finding passages) and `VectorShelf` (giving passages their vectors). One adapter implements
all three. All methods block; call them in a thread. Nothing of one tenant is ever seen by another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from tutor_engine.knowledge.document import CutPassage, Language

Vectors = npt.NDArray[np.float32]

TokenIndex = Literal["words", "pairs"]
"""`words`: English stems, identifiers and Chinese words; `pairs`: overlapping pairs of Hanzi."""


@dataclass(frozen=True, slots=True)
class BaseKey:
    """One knowledge base. `tenant` is empty on an engine whose web server knows no tenants."""

    tenant: str
    kb_id: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What one search may see: some bases of one tenant, and nothing else."""

    tenant: str
    kb_ids: tuple[str, ...]

    @property
    def keys(self) -> tuple[BaseKey, ...]:
        """Each base once, in the order given."""
        return tuple(BaseKey(self.tenant, kb_id) for kb_id in dict.fromkeys(self.kb_ids))


@dataclass(frozen=True, slots=True)
class PageText:
    """One page to be stored; `failed` says why it has no text."""

    number: int
    text: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as a teacher sees it: its searchable version."""

    document_id: str
    title: str
    kind: str
    sha256: str
    pages: int
    passages: int
    pages_failed: tuple[tuple[int, str], ...] = ()
    number: int = 1
    """Which version this is, counted from 1."""
    finished: bool = True
    """False while its first version is still being read; what is there can be searched."""
    embedded: int = 0
    """Passages that have a vector, of whatever model."""


class PassageIndex(Protocol):
    """Documents of all bases, each in versions of which one is searchable."""

    def begin(self, kb: BaseKey, document_id: str, *, sha256: str, title: str, kind: str) -> int:
        """Open a new version and return its number.

        An unfinished version of the same file (`sha256`) is continued under its old number; one of another
        file is abandoned first.
        """
        ...

    def add_pages(
        self,
        kb: BaseKey,
        document_id: str,
        version: int,
        pages: Sequence[PageText],
        cuts: Sequence[CutPassage],
    ) -> None:
        """Store pages and the passages cut from them; pages that are there already are replaced.

        Searchable at once when the document has no finished version, otherwise hidden until `finish`.

        Raises:
            VersionGone: the version was abandoned, finished or removed.
        """
        ...

    def finish(self, kb: BaseKey, document_id: str, version: int) -> None:
        """Make it the searchable version; pages of the earlier one stay readable for old citations.

        Raises:
            VersionGone: the version was abandoned or removed. Finishing twice is no error.
        """
        ...

    def abandon(self, kb: BaseKey, document_id: str, version: int) -> None:
        """Forget an unfinished version; nothing of it stays. Idempotent; a finished one is left alone."""
        ...

    def remove(self, kb: BaseKey, document_id: str) -> bool:
        """Forget a document with all its versions; False when it was not there."""
        ...

    def documents(self, kb: BaseKey) -> list[StoredDocument]:
        """All documents in the order in which they came."""
        ...

    def page_text(self, kb: BaseKey, document_id: str, page: int, version: str = "") -> str | None:
        """Text to which the offsets of citations refer; None when there is no such page.

        `version`: first 16 hex digits of the file's SHA-256; empty: the searchable version.
        """
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Names one stored passage within a tenant."""

    kb_id: str
    row: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a ranking returned; `score` is BM25-like for words, the cosine for vectors."""

    place: Place
    score: float


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How common words are in what a search may see."""

    passages: int
    of: Mapping[str, int]
    """Passages that hold each term asked for; 0 when none does."""


@dataclass(frozen=True, slots=True)
class IndexedWords:
    """What the index holds of one passage, as `tokens` made it: words joined by spaces."""

    heading_words: str
    words: str
    heading_pairs: str = ""
    pairs: str = ""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its place and, when it has any, its vector and those of its sentences."""

    place: Place
    document_id: str
    title: str
    version: str
    """First 16 hex digits of the file's SHA-256."""
    cut: CutPassage
    indexed: IndexedWords
    vector: Vectors | None = None
    sentence_vectors: Vectors | None = None


class PassageSearch(Protocol):
    """Finds passages of searchable versions within one scope, and never looks outside it."""

    def ranked(self, scope: Scope, index: TokenIndex, terms: Sequence[str], limit: int) -> list[Hit]:
        """Passages that hold any of the terms (as `tokens` makes them), best first."""
        ...

    def frequencies(self, scope: Scope, index: TokenIndex, terms: Sequence[str]) -> Frequencies:
        """In how many passages each term occurs."""
        ...

    def nearest(self, scope: Scope, model: str, vector: Vectors, limit: int) -> list[Hit]:
        """Passages whose vector of this model has the greatest cosine; vectors of others are not compared."""
        ...

    def passages(self, scope: Scope, places: Sequence[Place], model: str = "") -> list[StoredPassage]:
        """These passages in the order asked for, with vectors of `model`; those out of scope are left out."""
        ...

    def outline(self, scope: Scope, limit: int) -> list[StoredPassage]:
        """The first passages in reading order, without vectors."""
        ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of one passage: of the whole, and one row for each of its sentences."""

    row: int
    vector: Vectors
    sentences: Vectors


class VectorShelf(Protocol):
    """Where passages wait for their vectors. Works across all bases; only the embedding task sees it."""

    def bases(self) -> list[BaseKey]:
        """Every base there is."""
        ...

    def without_vectors(
        self, kb: BaseKey, model: str, languages: Sequence[Language], limit: int
    ) -> list[StoredPassage]:
        """Passages that this model has not seen, the newest first, in these languages."""
        ...

    def set_vectors(self, kb: BaseKey, model: str, embedded: Sequence[Embedded]) -> None:
        """Put vectors of this model in place of what was there; rows that are gone are passed over."""
        ...


class VersionGone(Exception):
    """The version of a document to which pages were to be added is not there any more."""


class LibraryAway(Exception):
    """The store cannot be reached now; the text says why, for the operator. Any method may raise it."""


class Index(PassageIndex, PassageSearch, VectorShelf, Protocol):
    """What an adapter is: all three ports over one store."""

    def check(self) -> None:
        """Reach for the store.

        Raises:
            LibraryAway: it cannot be reached.
        """
        ...

    def close(self) -> None:
        """Release files and connections. Idempotent; the next use opens them again."""
        ...
