"""Reads a browser's offer before aiortc does: what is asked, what is refused, which codec is used.

Only offers that aiortc can answer completely pass: at most one section each of sound, picture and data, all
in one bundle, with ICE credentials and a DTLS fingerprint. Whatever the text holds, the only error is
`OfferRefused`.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

from aiortc import sdp

from tutor_engine.media.encode import VideoCodec

MAX_SDP_BYTES = 32 * 1024
"""The largest offer of Chromium for our page is 7 kB."""
MAX_SECTIONS = 3
MAX_CANDIDATES = 64
FINGERPRINTS = frozenset({"sha-256", "sha-384", "sha-512"})
H264_PROFILE = "42e01f"
"""Constrained baseline, level 3.1: what every browser with H264 decodes in hardware or with OpenH264."""

Kind = Literal["audio", "video", "application"]


class OfferRefused(Exception):
    """The offer cannot be taken; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that can be answered."""

    text: str
    """The offer without candidates: ICE is passive, and aiortc must not see that there are none."""
    sections: tuple[Kind, ...]
    """Kinds in the order of the offer."""
    video: VideoCodec | None
    """What to send, when a picture is wanted."""
    receives_sound: bool
    sends_sound: bool
    candidates: tuple[str, ...]
    """Lines of the browser's addresses."""


def read_offer(text: str) -> Offer:
    """Check an offer.

    Raises:
        OfferRefused: see there.
    """
    if len(text.encode("utf-8", "replace")) > MAX_SDP_BYTES:
        raise OfferRefused(f"larger than {MAX_SDP_BYTES} bytes")
    candidates, lines = list[str](), list[str]()
    for line in text.splitlines():
        if line.startswith("a=candidate:"):
            candidates.append(line)
        elif line.strip() and not line.startswith("a=end-of-candidates"):
            lines.append(line)
    if len(candidates) > MAX_CANDIDATES:
        raise OfferRefused(f"{len(candidates)} candidates")
    if sum(line.startswith("m=") for line in lines) > MAX_SECTIONS:
        raise OfferRefused(f"more than {MAX_SECTIONS} media sections")
    bare = "\r\n".join(lines) + "\r\n"
    try:
        parsed = sdp.SessionDescription.parse(bare)
    except Exception as error:
        # the parser splits and indexes unchecked, so a broken line can raise almost anything
        raise OfferRefused(f"not a session description: {type(error).__name__}: {error}") from error
    return _checked(parsed, bare, tuple(candidates))


def _checked(parsed: sdp.SessionDescription, text: str, candidates: tuple[str, ...]) -> Offer:
    sections = cast("list[Any]", parsed.media)
    kinds = [str(media.kind) for media in sections]
    for kind in kinds:
        if kind not in ("audio", "video", "application") or kinds.count(kind) > 1:
            raise OfferRefused(f"media sections {' '.join(kinds)}: unasked media")
    if "audio" not in kinds and "video" not in kinds:
        raise OfferRefused("neither sound nor picture is asked for")
    _check_bundle(parsed, sections)
    for media in sections:
        _check_transport(media)
    by_kind: dict[str, Any] = dict(zip(kinds, sections, strict=True))
    audio, video = by_kind.get("audio"), by_kind.get("video")
    if audio is not None and not any(_is(codec, "audio/opus") for codec in audio.rtp.codecs):
        raise OfferRefused("no Opus in the sound section")
    if video is not None and "recv" not in video.direction:
        raise OfferRefused("a picture is sent to us and none is wanted: unasked media")
    return Offer(
        text=text,
        sections=tuple(cast("list[Kind]", kinds)),
        video=choose_video(video.rtp.codecs) if video is not None else None,
        receives_sound=audio is not None and "recv" in audio.direction,
        sends_sound=audio is not None and "send" in audio.direction,
        candidates=candidates,
    )


def _check_bundle(parsed: sdp.SessionDescription, sections: list[Any]) -> None:
    mids = [str(media.rtp.muxId) for media in sections]
    if "" in mids or len(set(mids)) != len(mids):
        raise OfferRefused("media sections without names of their own (a=mid)")
    if len(mids) > 1:
        groups = [set(group.items) for group in parsed.group if group.semantic == "BUNDLE"]
        if not any(set(mids) <= group for group in groups):
            raise OfferRefused("the sections are not one bundle")


def _check_transport(media: Any) -> None:
    if media.ice.iceLite:
        raise OfferRefused("an ICE-lite client and a passive server never meet")
    for credential, shortest in ((media.ice.usernameFragment, 4), (media.ice.password, 22)):
        if not credential or not shortest <= len(credential) <= 256 or not credential.isascii():
            raise OfferRefused("ICE credentials are missing or malformed")
    if media.dtls is None or media.dtls.role not in ("auto", "client", "server"):
        raise OfferRefused("no DTLS parameters")
    if not any(print_.algorithm.lower() in FINGERPRINTS for print_ in media.dtls.fingerprints):
        raise OfferRefused("no usable DTLS fingerprint")
    if media.kind != "application" and (not media.rtp.codecs or media.direction is None):
        raise OfferRefused(f"no codecs or no direction in the {media.kind} section")


def choose_video(codecs: list[Any]) -> VideoCodec:
    """The best codec of ours that is offered.

    Raises:
        OfferRefused: none is.
    """
    for codec in codecs:
        if _is(codec, "video/h264") and is_constrained_baseline(codec.parameters):
            return VideoCodec.H264
    if any(_is(codec, "video/vp8") for codec in codecs):
        return VideoCodec.VP8
    raise OfferRefused("neither H264 constrained baseline nor VP8 is offered")


def is_constrained_baseline(parameters: dict[str, Any]) -> bool:
    """Whether an H264 offer is the one aiortc negotiates and our encoder produces."""
    try:
        mode = int(parameters.get("packetization-mode", "0"))
        profile, _ = sdp.parse_h264_profile_level_id(str(parameters.get("profile-level-id", H264_PROFILE)))
    except ValueError:
        return False
    return mode == 1 and profile is sdp.H264Profile.PROFILE_CONSTRAINED_BASELINE


def _is(codec: Any, mime_type: str) -> bool:
    return str(codec.mimeType).lower() == mime_type
