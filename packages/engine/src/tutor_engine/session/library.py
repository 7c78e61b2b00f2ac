"""The library of a lesson without a knowledge base: empty."""

from collections.abc import Sequence

from tutor_engine.answering.port import Passage


class NoLibrary:
    """A `Retriever` that finds nothing."""

    away = False

    async def search(self, query: str, language: str, limit: int = 8) -> Sequence[Passage]:
        """Nothing."""
        return ()

    async def headings(self, limit: int = 6) -> Sequence[str]:
        """None."""
        return ()

    async def vocabulary(self) -> Sequence[str]:
        """None."""
        return ()
