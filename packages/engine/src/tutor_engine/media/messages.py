"""What the engine says to a media worker and what it hears back. One peer is one person's connection."""

import msgspec


class LoadLoop(msgspec.Struct, tag=True, frozen=True):
    """Encode a raw I420 idle loop once per codec; `cache` keeps the result, all peers share it."""

    loop: str
    """Identity: content hash of the avatar."""
    raw: str
    cache: str
    width: int
    height: int
    frames: int


class RelayServer(msgspec.Struct, tag=True, frozen=True):
    """Reach browsers opened from now on through this TURN server, both ends relayed."""

    url: str
    username: str
    password: str


class OpenPeer(msgspec.Struct, tag=True, frozen=True):
    """A browser's offer. Replaces an older connection of the same peer."""

    peer: int
    sdp: str
    loop: str


class AddCandidate(msgspec.Struct, tag=True, frozen=True):
    """A trickled candidate; None ends them. ICE is passive here, so it is only counted."""

    peer: int
    candidate: str | None


class ShowLoop(msgspec.Struct, tag=True, frozen=True):
    """Another avatar for this peer."""

    peer: int
    loop: str


class PlayAudio(msgspec.Struct, tag=True, frozen=True):
    """Speech of a turn: 16-bit mono PCM from `start_ms` of the turn's clock.

    With `with_face`, sound waits for the first frame and the other way round (start barrier, at most 300 ms).
    """

    peer: int
    turn: int
    pcm: bytes
    rate_hz: int
    start_ms: float
    with_face: bool = True


class EndAudio(msgspec.Struct, tag=True, frozen=True):
    """No more sound in this turn; `PlaybackEnded` follows when the last was played."""

    peer: int
    turn: int


class SetGain(msgspec.Struct, tag=True, frozen=True):
    """Play the turn at this share of its loudness from now on, with a ramp of 20 ms; 1.0: as it is."""

    peer: int
    turn: int
    gain: float


class FlushAudio(msgspec.Struct, tag=True, frozen=True):
    """Interrupted: silence at once (5 ms fade). `PlaybackEnded` follows with what was played."""

    peer: int
    turn: int


class ClosePeer(msgspec.Struct, tag=True, frozen=True):
    """End a connection."""

    peer: int


MediaCommand = (
    RelayServer
    | LoadLoop
    | OpenPeer
    | AddCandidate
    | ShowLoop
    | PlayAudio
    | EndAudio
    | SetGain
    | FlushAudio
    | ClosePeer
)


class MediaReady(msgspec.Struct, tag=True, frozen=True):
    """The worker is up."""

    port: int
    frames_socket: str
    addresses: list[str]


class LoopLoaded(msgspec.Struct, tag=True, frozen=True):
    """An idle loop can be shown."""

    loop: str


class LoopFailed(msgspec.Struct, tag=True, frozen=True):
    """An idle loop cannot be shown: the raw file is missing or has another size; `reason` is for the log."""

    loop: str
    reason: str


class PeerAnswer(msgspec.Struct, tag=True, frozen=True):
    """The answer to an offer."""

    peer: int
    sdp: str


class PeerRefused(msgspec.Struct, tag=True, frozen=True):
    """The offer cannot be taken; `reason` is for the log, the code decides the sentence."""

    peer: int
    reason: str


class PeerState(msgspec.Struct, tag=True, frozen=True):
    """How a connection is.

    connecting; connected; stalled (silent for 3.5 s: speech waits, may be connected again); failed (never
    came about); gone (silent for 8 s, or closed by the browser). The last two end it.
    """

    peer: int
    state: str
    detail: str = ""
    """For the operator."""
    code: str = ""
    """An `ErrorCode` of the protocol: what to tell the student, when it is known what is wrong."""
    silent_s: float = 0.0
    """How long nothing had arrived: what was played since then was played to nobody."""


class Microphone(msgspec.Struct, tag=True, frozen=True):
    """Student sound: 16 kHz mono 16-bit PCM, 20 ms or a few of them; gaps are concealed."""

    peer: int
    pcm: bytes
    received_s: float
    """Monotonic time of the newest sample's arrival."""


class PlaybackStarted(msgspec.Struct, tag=True, frozen=True):
    """The first sound of a turn leaves now."""

    peer: int
    turn: int
    monotonic_s: float


class PlaybackPosition(msgspec.Struct, tag=True, frozen=True):
    """How much of the turn's sound has left, every 100 ms."""

    peer: int
    turn: int
    position_ms: float


class PlaybackEnded(msgspec.Struct, tag=True, frozen=True):
    """The turn's sound is over: all played, or flushed."""

    peer: int
    turn: int
    position_ms: float
    flushed: bool


class PeerStats(msgspec.Struct, tag=True, frozen=True):
    """Counters of a peer, every 2 s."""

    peer: int
    values: dict[str, float]


class PeerQuality(msgspec.Struct, tag=True, frozen=True):
    """How picture and sound reach a peer: at each change of the level, and every 4 s."""

    peer: int
    level: str
    """`full`, `reduced`, `still` or `text`: then nothing should be spoken."""
    reason: str = ""
    """`network` or `host` below `full`, or below the best bitrate."""
    loss_out: float | None = None
    loss_in: float | None = None
    rtt_ms: float | None = None
    late_ms: float | None = None


MediaReport = (
    MediaReady
    | LoopLoaded
    | LoopFailed
    | PeerAnswer
    | PeerRefused
    | PeerState
    | Microphone
    | PlaybackStarted
    | PlaybackPosition
    | PlaybackEnded
    | PeerStats
    | PeerQuality
)
