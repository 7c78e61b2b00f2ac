"""What lies outside of the database: files, and copies in the engine.

A loose end is written down before the row that leads to it is deleted, so that it is found again after any
crash; removing one twice changes nothing.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

LooseKind = Literal["file", "document", "knowledge_base", "avatar", "session"]


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """One thing to remove: a storage key, a document of a knowledge base, a whole base, a face, a session."""

    kind: LooseKind
    name: str
    inside: str = ""
    """The knowledge base of a document."""
    tenant: str = ""
    """Whose knowledge base it is."""

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)
