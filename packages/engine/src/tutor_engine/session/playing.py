"""What is played of the present turn: reports of the peer in, events of the conversation out.

A turn outlives its connection. Of a peer's turns only the one that carries the present turn counts.
"""

import asyncio
from collections.abc import Callable

from tutor_engine.conversation import events as ev
from tutor_engine.session.sinks import LiveSound, Sink

RETURN_S = 30.0
"""How long the rest of an answer waits to be spoken to somebody whose connection broke; then it is text."""
COMING_S = 3.0
"""How long an answer waits for a connection that is being made for the first time; then it is text."""
DUCKED = 0.2
"""Share of its loudness at which an answer goes on while it is not clear what the student wants."""
DOUBT_S = 3.0
"""How long that may be unclear. Hearing ends every utterance after at most 2.5 s of silence, so whoever is
not done by then speaks, or waits for a slow recogniser; a tutor who talks on softly would be in their way."""


class Playing:
    """The sound of one lesson's present turn."""

    def __init__(self, post: Callable[[ev.Event], None]) -> None:
        self._post = post
        self._turn = 0
        self._sink: Sink | None = None
        self._waiting: asyncio.TimerHandle | None = None
        """Until when a turn waits for its listener."""
        self._doubt: asyncio.TimerHandle | None = None

    # The lesson ----------------------------------------------------------------------------------------

    def begin(self, turn: int, sink: Sink | None) -> None:
        """A turn of the conversation begins; None: nobody listens."""
        self._turn, self._sink = turn, sink
        if isinstance(sink, LiveSound) and not sink.peer.connected:
            self._wait(sink, 0.0, COMING_S)

    def cancel(self) -> None:
        """Silence, for good."""
        if self._sink is not None:
            self._sink.cancel()

    def over(self) -> None:
        """The turn has ended."""
        self._stop_waiting()
        self._stop_doubting()
        self._sink = None

    def duck(self) -> None:
        """Go on softly, until it is clear that somebody speaks or that nobody does."""
        self._stop_doubting()
        self._doubt = asyncio.get_running_loop().call_later(DOUBT_S, self._post, ev.VoiceLasted())
        if isinstance(self._sink, LiveSound):
            self._sink.set_gain(DUCKED)

    def unduck(self) -> None:
        """Go on as loud as before."""
        self._stop_doubting()
        if isinstance(self._sink, LiveSound):
            self._sink.set_gain(1.0)

    # The peer ------------------------------------------------------------------------------------------

    def started(self, peer_turn: int, at_s: float) -> bool:
        """The first sound of a peer's turn leaves; whether that is the present turn."""
        sink = self._live(peer_turn)
        if sink is None:
            return False
        sink.started(at_s)
        self._post(ev.PlaybackStarted(self._turn))
        return True

    def at(self, peer_turn: int, position_ms: float) -> None:
        """Progress of a peer's turn."""
        if (sink := self._live(peer_turn)) is not None:
            sink.moved(position_ms)
            self._post(ev.PlaybackAt(self._turn, sink.position_ms))

    def ended(self, peer_turn: int, position_ms: float) -> None:
        """A peer's turn has been played."""
        if (sink := self._live(peer_turn)) is not None:
            sink.moved(position_ms)
            self._post(ev.PlaybackEnded(self._turn, sink.position_ms))

    def unheard(self, silent_s: float) -> None:
        """The connection broke or fell silent `silent_s` ago: what is spoken waits for its listener."""
        if isinstance(self._sink, LiveSound) and self._sink.state == "playing":
            self._wait(self._sink, silent_s, RETURN_S)

    def heard_again(self) -> None:
        """There is a connection: the answer goes on where it was last heard."""
        self._stop_waiting()
        if isinstance(self._sink, LiveSound):
            self._sink.resume()

    def mute(self) -> None:
        """The rest of the answer is text."""
        self._stop_waiting()
        if isinstance(self._sink, LiveSound) and self._sink.state != "muted":
            self._sink.cancel()
            if self._sink.ended:
                self._post(ev.PlaybackEnded(self._turn, self._sink.position_ms))

    def _wait(self, sink: LiveSound, silent_s: float, patience_s: float) -> None:
        sink.suspend(silent_s)
        self._waiting = asyncio.get_running_loop().call_later(patience_s, self.mute)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _stop_doubting(self) -> None:
        if self._doubt is not None:
            self._doubt.cancel()
            self._doubt = None

    def _live(self, peer_turn: int) -> LiveSound | None:
        if isinstance(self._sink, LiveSound) and self._sink.number == peer_turn:
            return self._sink
        return None
