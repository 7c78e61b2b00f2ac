"""Turns the raw text of a model into events: words that may be said, citations that are true, an honest end.

Sans-I/O. It joins the reader of marks (`generated`), the guard and the rules for minors.
"""

from collections.abc import Iterator

from tutor_engine.answering import texts
from tutor_engine.answering.generated import Cited, ModelText, Spoken, citation_for
from tutor_engine.answering.guard import Guard, Halt
from tutor_engine.answering.port import Alert, AlertKind, AnswerCitation, AnswerEvent, AnswerText, Question
from tutor_engine.answering.prompt import offered
from tutor_engine.answering.safety import concern_of_tutor

_CLOSINGS = {Halt.LENGTH: "long", Halt.ECHO: "stay"}


class Reading:
    """Reads one answer: `take` its pieces, then `finish`. A piece without words yields nothing."""

    def __init__(self, question: Question, secret: str = "") -> None:
        """Read the answer to `question`; `secret` is what the model must not recite."""
        self._question = question
        self._passages = offered(question)
        self._text = ModelText()
        self._guard = Guard(
            sources=(passage.text for passage in self._passages),
            secret=secret,
            unsafe=concern_of_tutor,
        )
        self._said = ""
        self._since_citation = ""
        self._cited = False

    @property
    def over(self) -> bool:
        """Nothing more will be said, whatever the model still sends."""
        return self._guard.halted is not None

    @property
    def screen(self) -> str:
        """What is shown and not spoken."""
        unsafe = self._guard.halted is Halt.UNSAFE or concern_of_tutor(self._text.screen) is not None
        return "" if unsafe else self._guard.cleaned(self._text.screen)

    @property
    def known(self) -> bool:
        """An answer that rests on nothing although there was something to rest on does not know."""
        return self._cited or not self._passages

    def take(self, text: str) -> Iterator[AnswerEvent]:
        """What this piece makes certain."""
        yield from self._events(self._text.feed(text))

    def finish(self, *, cut: bool = False) -> Iterator[AnswerEvent]:
        """What was held back, and why the answer ends here when it had more to say."""
        if not cut:
            yield from self._events(self._text.finish())
            yield from self._say(self._guard.flush())
        language = self._question.language
        if self._guard.concern is not None:
            yield from self._instead(self._guard.concern)
        elif self._guard.halted is not None or cut:
            closing = texts.say(_CLOSINGS[self._guard.halted or Halt.LENGTH], language)
            mid_sentence = self._said and not self._said.rstrip().endswith(tuple(".!?。！？…"))
            yield AnswerText(("… " if mid_sentence else " " if self._said else "") + closing)
        elif not self._said.strip() and not self.screen:
            yield AnswerText(texts.say("unknown", language))

    def _instead(self, kind: AlertKind) -> Iterator[AnswerEvent]:
        self._question.on_alert(Alert(kind, "tutor", self._guard.tail[-200:]))
        yield AnswerText(("… " if self._said else "") + texts.say("taken_back", self._question.language))

    def _events(self, pieces: Iterator[Spoken | Cited]) -> Iterator[AnswerEvent]:
        for piece in pieces:
            if isinstance(piece, Spoken):
                yield from self._say(self._guard.take(piece.text))
            else:
                yield from self._say(self._guard.flush())
                citation = citation_for(piece.n, self._since_citation, self._passages)
                if citation is not None and self._said.strip():
                    self._cited = True
                    self._since_citation = ""
                    yield AnswerCitation(citation)

    def _say(self, words: str) -> Iterator[AnswerEvent]:
        words = words if self._said else words.lstrip()
        if words:
            self._said += words
            self._since_citation += words
            yield AnswerText(words)
