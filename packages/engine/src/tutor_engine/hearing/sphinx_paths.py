"""Two readings of one utterance, by the general and by the library's language model: which one to believe.

Pure: what the readers say goes in, what the engine is told comes out. Without a second reader the first one
is simply passed on.
"""

from enum import Enum, auto
from typing import TypeVar

from tutor_engine.hearing.sphinx_messages import Drafted, Final, Partial

LIBRARY_MARGIN = 0.06
"""How much better the library's path must be, natural logarithm of scores. Its vocabulary is small, so its
paths are cheaper; off the topic that must not win. Fitted on 72 spoken
sentences, a third of them off topic."""


_Said = TypeVar("_Said", Partial, Final)


class Model(Enum):
    """Which language model a reader uses."""

    GENERAL = auto()
    LIBRARY = auto()


class BetterPath:
    """Follows the readers of one utterance."""

    def __init__(self, *models: Model) -> None:
        self._reading = set(models)
        self._partials: dict[Model, Partial] = {}
        self._drafts: dict[Model, Drafted] = {}
        self._finals: dict[Model, Final] = {}
        self._shown = ""
        self._ended = False

    def partial(self, model: Model, partial: Partial) -> Partial | None:
        """Words so far of the better one, when they changed; waits until both have heard as much."""
        self._partials[model] = partial
        if any(self._heard_ms(other) < partial.heard_ms for other in self._reading):
            return None
        chosen = self._better(self._partials)
        if self._ended or chosen is None or chosen.text == self._shown:
            return None
        self._shown = chosen.text
        return chosen

    def drafted(self, model: Model, drafted: Drafted) -> Drafted | None:
        """The better draft, when every reader has made the same one."""
        self._drafts[model] = drafted
        made = {each: known for each, known in self._drafts.items() if known.number == drafted.number}
        if self._ended or self._reading - made.keys():
            return None
        chosen = self._better({each: known.final for each, known in made.items()})
        return next((known for known in made.values() if known.final is chosen), None)

    def final(self, model: Model, final: Final) -> Final | None:
        """The better final words, once, when every reader has finished."""
        self._finals[model] = final
        return self._decide()

    def lost(self, model: Model) -> Final | None:
        """A reader is gone; the other one decides alone."""
        if model in self._finals:
            return None
        self._reading.discard(model)
        self._partials.pop(model, None)
        return self._decide()

    def _heard_ms(self, model: Model) -> float:
        known = self._partials.get(model)
        return known.heard_ms if known is not None else 0.0

    def _decide(self) -> Final | None:
        if self._ended or not self._finals or self._reading - self._finals.keys():
            return None
        self._ended = True
        return self._better(self._finals)

    @staticmethod
    def _better(said: dict[Model, _Said]) -> _Said | None:
        general, library = said.get(Model.GENERAL), said.get(Model.LIBRARY)
        if general is None or library is None:
            return library if general is None else general
        if not library.text or not general.text:
            return general if general.text else library
        return library if library.score - general.score > LIBRARY_MARGIN else general
