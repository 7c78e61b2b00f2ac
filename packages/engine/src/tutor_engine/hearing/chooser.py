"""Picks the recogniser of a language: the first of several that knows it."""

from collections.abc import Sequence

from tutor_engine.hearing.port import LanguageNotHeard, Recogniser, RecogniserCapabilities, Utterance


class BestRecogniser:
    """Several recognisers behind one port; earlier ones are preferred."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        self._recognisers = tuple(recognisers)

    @property
    def capabilities(self) -> RecogniserCapabilities:
        """All languages of all of them; the name tells who hears which."""
        languages = sorted({lang for each in self._recognisers for lang in each.capabilities.languages})
        chosen = {language: self._of(language).capabilities for language in languages}
        return RecogniserCapabilities(
            name=", ".join(dict.fromkeys(each.name for each in chosen.values())) or "none",
            languages=frozenset(languages),
            partials=all(each.partials for each in chosen.values()),
            detail="; ".join(f"{language}: {each.name}" for language, each in chosen.items()),
        )

    async def warm(self) -> None:
        """Warm those that are preferred for some language."""
        wanted = [self._of(language) for language in sorted(self.capabilities.languages)]
        for recogniser in dict.fromkeys(wanted):
            await recogniser.warm()

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Prepare the recogniser of the language, if there is one."""
        if language in self.capabilities.languages:
            await self._of(language).prepare(language, vocabulary)

    async def open(self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = "") -> Utterance:
        """Begin an utterance with the recogniser of the language."""
        return await self._of(language).open(language, vocabulary, speaker=speaker)

    async def aclose(self) -> None:
        """Release all of them."""
        for recogniser in self._recognisers:
            await recogniser.aclose()

    def _of(self, language: str) -> Recogniser:
        for recogniser in self._recognisers:
            if language in recogniser.capabilities.languages:
                return recogniser
        raise LanguageNotHeard(language)
