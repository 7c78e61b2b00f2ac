"""What one peer is sent, 20 ms by 20 ms: idle loop or live frames, silence or the sound of a turn.

Sans-I/O: ticks, sound and encoded frames go in, packets and events come out, and time is the number of the
tick. Frame n of a turn leaves in the same tick as the sound at n * 40 ms. Sound is never dropped, frames that
missed their moment are, and a turn that was flushed never speaks again.
"""

from collections import deque
from dataclasses import dataclass, field

from tutor_engine.media.encode import BLOCK_SAMPLES, EncodedFrame, shown_at_15_fps
from tutor_engine.media.ladder import Level
from tutor_engine.media.loopcursor import LoopCursor
from tutor_engine.media.loops import EncodedLoop
from tutor_engine.media.released import (
    AtLoop,
    Ended,
    Event,
    LiveFrame,
    Picture,
    Position,
    Released,
    Sound,
    Started,
)
from tutor_engine.media.sound import TurnSound

TICK_MS = 20
FRAME_TICKS = 2
FRAME_MS = FRAME_TICKS * TICK_MS
VIDEO_RATE_HZ = 90_000
TICK_PTS = VIDEO_RATE_HZ * TICK_MS // 1000

BARRIER_TICKS = 300 // TICK_MS
"""How long the sound of a turn waits for its first frame."""
STARVED_TICKS = 300 // TICK_MS
"""How long a live picture may stand still before the idle loop takes over."""
REPORT_TICKS = 100 // TICK_MS
UNCLAIMED_TICKS = 1000 // TICK_MS
"""How long frames wait for the sound of a turn that never comes."""
MAX_FRAMES_AHEAD = 25
"""Encoded frames that may wait: 1 s; face workers keep to 400 ms."""
KEY_REQUEST_TICKS = 500 // TICK_MS
"""A decoder in trouble asks with every frame; one answer in this time is enough."""
FIRST_PICTURE_TICKS = 3000 // TICK_MS
"""So long after the start a request may mean that nothing was decoded yet: the loop jumps to a key frame."""


@dataclass(slots=True)
class _Turn:
    number: int
    with_face: bool
    sound: TurnSound = field(default_factory=TurnSound)
    started: bool = False
    waited_ticks: int = 0
    blocks: int = 0
    """Blocks released; block k leaves with frame k / 2."""
    reported_blocks: int = 0


class Playout:
    """The schedule of one peer. Ticks are numbered from any number on and never repeat."""

    def __init__(self) -> None:
        self._loop = LoopCursor()
        self._turn: _Turn | None = None
        self._last_turn = -1
        """Highest turn that is over: nothing of it or of an earlier one is played."""
        self._fade: bytes | None = None
        self._frames: deque[LiveFrame] = deque()
        self._live = False
        self._live_index = 0
        self._tick: int | None = None
        self._origin = 0
        self._receiver_tick: int | None = None
        """When the present receiver got its first tick."""
        self._picture_tick: int | None = None
        self._picture_pts = -1
        self._key_tick: int | None = None
        self._key_requested = False
        self._unclaimed_ticks = 0
        self.epoch = 0
        """Changes when frames under way became useless: what was encoded before is to be thrown away."""
        self.key_wanted = True
        """Nothing but a key frame can follow: the live stretch is new, or its chain is broken."""
        self.face_present = False
        """Whether a face worker is there at all; without one no sound waits for a frame."""
        self.dropped_frames = 0
        self.late_frames = 0
        """Frames of a turn that came after their moment."""
        self.underrun_ticks = 0
        self.live_frames = 0
        self.loop_frames = 0

    # --- what goes in

    def set_loop(self, loop: EncodedLoop) -> None:
        """Show another idle loop, or the same one in another tier from its next key frame on."""
        self._loop.show(loop)

    def announce_loop(self) -> None:
        """Somebody new wants to know where the loop is."""
        self._loop.announce()

    def set_level(self, level: Level) -> None:
        """How much picture there is from now on; sound is not touched."""
        former, self._loop.level = self._loop.level, level
        if level is former:
            return
        self._loop.resend()
        if level >= Level.STILL or former >= Level.STILL:
            self._drop_frames()
            self._leave_live(self._live_index + 1 if self._live else self._loop.next)

    def restart_picture(self) -> None:
        """A new receiver that has seen nothing: the next picture is a key frame of the loop."""
        self._drop_frames()
        self._leave_live(self._live_index + 1 if self._live else self._loop.next)
        self._loop.resend()
        self._picture_tick = None
        self._key_tick = None
        self._receiver_tick = None

    def play(self, turn: int, pcm: bytes, rate_hz: int, start_ms: float, with_face: bool) -> list[Event]:
        """Add sound to a turn; the first sound of a later turn ends an earlier one at once."""
        if turn <= self._last_turn:
            return []
        events: list[Event] = []
        if self._turn is not None and self._turn.number != turn:
            if turn < self._turn.number:
                return []
            events = self.flush(self._turn.number)
        if self._turn is None:
            self._turn = _Turn(turn, with_face)
        self._turn.sound.feed(pcm, rate_hz, start_ms)
        return events

    def end(self, turn: int) -> list[Event]:
        """No more sound in this turn; of a later turn than the present one, which it ends at once."""
        current = self._turn
        if current is None or current.number != turn:
            return self._end_unplayed(turn, flushed=False)
        current.sound.end()
        return [self._finish(current, flushed=False)] if current.sound.over else []

    def set_gain(self, turn: int, gain: float) -> None:
        """Play the rest of a turn at this share of its loudness; of a turn that is not there, nothing."""
        if self._turn is not None and self._turn.number == turn:
            self._turn.sound.set_gain(gain)

    def flush(self, turn: int) -> list[Event]:
        """Silence now: 5 ms of fade, and nothing of this turn or an earlier one afterwards."""
        if turn <= self._last_turn:
            return []
        current = self._turn
        if current is not None and current.number > turn:
            return []
        # the face's way back to the loop may already wait behind what is thrown away
        way_back = next((frame for frame in self._frames if frame.exit), None)
        self._drop_frames()
        if way_back is not None and self._live:
            self._leave_live(way_back.loop_index + 1)
        if current is None or current.number != turn:
            return self._end_unplayed(turn, flushed=True)
        self._fade = current.sound.fade() if current.started else None
        return [self._finish(current, flushed=True)]

    def abandon(self) -> list[Event]:
        """The receiver has gone for good: a turn that is there ends where it was."""
        return self.flush(self._turn.number) if self._turn is not None else []

    def leaves_out(self, index: int, *, exit: bool = False) -> bool:
        """Whether the level has no place for a frame; asked before it is encoded."""
        if self._loop.level is Level.REDUCED:
            return index >= 0 and not exit and not shown_at_15_fps(index)
        return self._loop.level >= Level.STILL

    def wants(self, turn: int, index: int, *, exit: bool = False) -> bool:
        """Whether a frame that arrives now can still be shown; asked before it is encoded."""
        if exit:
            return True
        if len(self._frames) >= MAX_FRAMES_AHEAD:
            return False
        if index < 0:
            return True
        if turn <= self._last_turn:
            return False
        current = self._turn
        if current is None or current.number != turn or not current.started:
            return current is None or turn >= current.number
        # block b leaves next; a frame is late once its own second block has left
        late = index * FRAME_TICKS + FRAME_TICKS <= current.blocks
        self.late_frames += late
        return not late

    def add_frame(self, frame: LiveFrame, epoch: int) -> None:
        """A frame was encoded; one of an earlier epoch, or that breaks the chain, is dropped.

        What follows an exit frame comes after frames of the loop, so it has to be a key frame.
        """
        if epoch != self.epoch or (self.key_wanted and not frame.picture.key):
            self.dropped_frames += 1
            self.key_wanted = True
            return
        self.key_wanted = frame.exit
        self._frames.append(frame)

    def take_key_request(self) -> bool:
        """Whether the frame that is encoded next is to be a key frame; a request is answered once."""
        wanted = self.key_wanted or self._key_requested
        self._key_requested = False
        return wanted

    def request_key(self) -> None:
        """The receiver cannot decode (PLI or FIR)."""
        tick = self._tick if self._tick is not None else 0
        if self._key_tick is not None and tick - self._key_tick < KEY_REQUEST_TICKS:
            return
        self._key_tick = tick
        if self._live or self._frames:
            self._key_requested = True
        elif self._loop.level >= Level.STILL:
            self._loop.resend()
        elif tick - (self._receiver_tick or tick) < FIRST_PICTURE_TICKS:
            self._loop.go_to_key(self._loop.next)

    # --- what comes out

    def tick(self, number: int) -> Released:
        """Everything that leaves in tick `number`."""
        if self._tick is None:
            self._origin = number
        if self._receiver_tick is None:
            self._receiver_tick = number
        self._tick = number
        events: list[Event] = []
        block, moved = self._release_sound(events)
        released = Released(Sound((number - self._origin) * BLOCK_SAMPLES, block), events=events)
        if moved is None:
            self._show_next(number, released)
        else:
            self._show_with_sound(number, moved, released)
        return released

    # --- sound

    def _release_sound(self, events: list[Event]) -> tuple[bytes | None, int | None]:
        """The block of this tick, and which block of the turn it is (None when the turn stands still)."""
        if self._fade is not None:
            fade, self._fade = self._fade, None
            return fade, None
        turn = self._turn
        if turn is None or not self._may_play(turn):
            return None, None
        if not turn.started:
            turn.started = True
            events.append(Started(turn.number))
        block, number = turn.sound.take(), turn.blocks
        turn.blocks += 1
        if turn.sound.over:
            events.append(self._finish(turn, flushed=False))
        else:
            report = turn.blocks - turn.reported_blocks >= REPORT_TICKS
            if report:
                turn.reported_blocks = turn.blocks
            events.append(Position(turn.number, turn.sound.position_ms, report))
        return block, number

    def _may_play(self, turn: _Turn) -> bool:
        if not turn.sound.ready:
            self.underrun_ticks += turn.started
            return False
        if turn.started or not (turn.with_face and self.face_present and self._loop.level < Level.STILL):
            return True
        if any(frame.turn == turn.number and frame.index >= 0 for frame in self._frames):
            return True
        turn.waited_ticks += 1
        return turn.waited_ticks > BARRIER_TICKS

    def _finish(self, turn: _Turn, *, flushed: bool) -> Ended:
        self._turn = None
        self._last_turn = turn.number
        return Ended(turn.number, turn.sound.position_ms, flushed)

    def _end_unplayed(self, turn: int, *, flushed: bool) -> list[Event]:
        """A turn of which no sound came, and with it every earlier one."""
        if turn <= self._last_turn or (self._turn is not None and turn < self._turn.number):
            return []
        events = self.abandon()
        self._last_turn = turn
        return [*events, Ended(turn, 0.0, flushed)]

    # --- picture

    def _show_with_sound(self, number: int, block: int, released: Released) -> None:
        """Show the frame of this block, after whatever was encoded before it and came too late."""
        count = self._due(block // FRAME_TICKS)
        if count == 0 and self._frames and self._frames[0].index < 0 and self._slot(number):
            count = 1
        self._show(number, count, released)

    def _show_next(self, number: int, released: Released) -> None:
        """No sound moves: the next filler or frame after the sound's end, else the loop."""
        if not self._slot(number):
            return
        head = self._frames[0] if self._frames else None
        showable = head is not None and (head.index < 0 or head.exit or head.turn <= self._last_turn)
        if head is not None and not showable and self._turn is None:
            self._unclaimed_ticks += FRAME_TICKS
            if self._unclaimed_ticks > UNCLAIMED_TICKS:
                self._drop_frames()
        else:
            self._unclaimed_ticks = 0
        self._show(number, int(showable), released)

    def _due(self, index: int) -> int:
        """How many waiting frames belong to the moment of frame `index` or to an earlier one."""
        turn = self._turn.number if self._turn is not None else self._last_turn
        count = 0
        for position, frame in enumerate(self._frames, start=1):
            if frame.index < 0:
                continue
            if frame.turn > turn or (frame.turn == turn and frame.index > index):
                break
            count = position
        return count

    def _show(self, number: int, count: int, released: Released) -> None:
        """Send the first `count` waiting frames, or the loop when no live picture is there to be kept."""
        if count:
            self._send_live(number, [self._frames.popleft() for _ in range(count)], released)
        elif not self._live or self._starved(number):
            self._show_loop(number, released)

    def _slot(self, number: int) -> bool:
        return self._picture_tick is None or number - self._picture_tick >= FRAME_TICKS

    def _starved(self, number: int) -> bool:
        return self._picture_tick is None or number - self._picture_tick >= STARVED_TICKS

    def _send_live(self, number: int, due: list[LiveFrame], released: Released) -> None:
        for behind, frame in zip(range(len(due) - 1, -1, -1), due, strict=True):
            self._send(number, frame.picture, released, behind=behind, live=True)
            self._live, self._live_index = True, frame.loop_index
            if frame.exit:
                self._leave_live(frame.loop_index + 1)

    def _show_loop(self, number: int, released: Released) -> None:
        if self._loop.loop is None or not self._slot(number):
            return
        if self._live:
            if self._frames:
                self._drop_frames()  # they follow a picture that the loop now replaces
            self._leave_live(self._live_index + 1)
        frame, news = self._loop.step()
        if frame is not None:
            self._send(number, frame, released, behind=0, live=False)
        self._picture_tick = number
        if news is not None:
            released.events.append(AtLoop(news))

    def _send(self, number: int, frame: EncodedFrame, released: Released, *, behind: int, live: bool) -> None:
        """`behind` frames of the same tick follow: they get times just before it, never going back."""
        pts = max((number - self._origin) * TICK_PTS - behind * TICK_PTS // 4, self._picture_pts + 1)
        self._picture_pts = pts
        self._picture_tick = number
        self.live_frames += live
        self.loop_frames += not live
        released.pictures.append(Picture(pts, frame, live))

    def _leave_live(self, loop_index: int) -> None:
        """The loop goes on at its key frame at or after `loop_index`."""
        self._live = False
        if not self._frames:
            self.key_wanted = True
        self._loop.go_to_key(loop_index)

    def _drop_frames(self) -> None:
        self.dropped_frames += len(self._frames)
        self._frames.clear()
        self._unclaimed_ticks = 0
        self.epoch += 1
        self.key_wanted = True
