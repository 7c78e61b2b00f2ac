"""Which offers are taken, and a corpus of those that are not, each with its reason."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.media.encode import VideoCodec
from tutor_engine.media.offer import OfferRefused, is_constrained_baseline, read_offer

TRANSPORT = """a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=ice-options:trickle
a=fingerprint:sha-256 {}
a=setup:actpass
""".format(":".join(["AB"] * 32))

AUDIO = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\n"
    "a=candidate:1 1 udp 2113937151 4b1c.local 53000 typ host\n"
    + TRANSPORT
    + "a=mid:0\na=sendrecv\na=rtcp-mux\n"
    "a=rtpmap:111 opus/48000/2\na=fmtp:111 minptime=10;useinbandfec=1\na=rtpmap:0 PCMU/8000\n"
)
VIDEO = (
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104\nc=IN IP4 0.0.0.0\n" + TRANSPORT + "a=mid:1\na=recvonly\n"
    "a=rtcp-mux\na=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\na=rtpmap:102 H264/90000\n"
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\n"
    "a=rtpmap:103 H264/90000\n"
    "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\n"
    "a=rtpmap:104 rtx/90000\na=fmtp:104 apt=103\n"
)
DATA = (
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\nc=IN IP4 0.0.0.0\n" + TRANSPORT + "a=mid:2\n"
    "a=sctp-port:5000\na=max-message-size:262144\n"
)


def description(*sections: str, bundle: str = "BUNDLE 0 1 2") -> str:
    head = f"v=0\no=- 46 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:{bundle}\na=msid-semantic: WMS\n"
    return (head + "".join(sections)).replace("\n", "\r\n")


GOOD = description(AUDIO, VIDEO, DATA)


def test_a_browsers_offer() -> None:
    offer = read_offer(GOOD)
    assert offer.sections == ("audio", "video", "application")
    assert offer.video is VideoCodec.H264
    assert offer.receives_sound
    assert offer.sends_sound
    assert len(offer.candidates) == 1
    assert "a=candidate" not in offer.text


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (description(AUDIO, bundle="BUNDLE 0"), ("audio",)),
        (description(VIDEO), ("video",)),
        (description(DATA, VIDEO, AUDIO), ("application", "video", "audio")),
        (GOOD.replace("\r\n", "\n"), ("audio", "video", "application")),
        (GOOD + "a=end-of-candidates\r\n", ("audio", "video", "application")),
    ],
)
def test_fewer_sections_any_order_and_plain_line_ends(text: str, sections: tuple[str, ...]) -> None:
    assert read_offer(text).sections == sections


def test_vp8_when_no_h264_of_ours_is_offered() -> None:
    for other in ("42001f", "640032", "4d001f", "junk"):
        assert read_offer(GOOD.replace("42e01f", other)).video is VideoCodec.VP8
    assert read_offer(GOOD.replace("packetization-mode=1", "packetization-mode=0")).video is VideoCodec.VP8


@pytest.mark.parametrize(
    ("direction", "receives", "sends"), [("recvonly", True, False), ("sendonly", False, True)]
)
def test_sound_one_way(direction: str, receives: bool, sends: bool) -> None:
    offer = read_offer(description(AUDIO.replace("sendrecv", direction), VIDEO, DATA))
    assert (offer.receives_sound, offer.sends_sound) == (receives, sends)


REFUSED: dict[str, tuple[str, str]] = {
    "empty": ("", "neither sound nor picture"),
    "no sdp": ("hello", "neither sound nor picture"),
    "too large": (GOOD + "a=x\r\n" * 10_000, "larger than"),
    "many candidates": (GOOD + "a=candidate:1\r\n" * 65, "66 candidates"),
    "second picture": (description(AUDIO, VIDEO, VIDEO.replace("mid:1", "mid:2")), "unasked media"),
    "second sound": (description(AUDIO, AUDIO.replace("mid:0", "mid:1")), "unasked media"),
    "fourth section": (description(AUDIO, VIDEO, DATA, VIDEO), "more than 3"),
    "a thousand sections": (description(*["m=video 9 X 1\n"] * 1000), "more than 3"),
    "unknown kind": (description(AUDIO, DATA.replace("m=application", "m=text")), "unasked media"),
    "only data": (description(DATA), "neither sound nor picture"),
    "camera": (description(AUDIO, VIDEO.replace("recvonly", "sendonly")), "unasked media"),
    "no bundle": (description(AUDIO, VIDEO, bundle="LS 0 1"), "not one bundle"),
    "partial bundle": (description(AUDIO, VIDEO, bundle="BUNDLE 0"), "not one bundle"),
    "same mid": (description(AUDIO, VIDEO.replace("mid:1", "mid:0")), "names of their own"),
    "no mid": (description(AUDIO, VIDEO.replace("a=mid:1\n", "")), "names of their own"),
    "no ufrag": (GOOD.replace("a=ice-ufrag:abcd\r\n", ""), "ICE credentials"),
    "no password": (re.sub("a=ice-pwd.*\r\n", "", GOOD), "ICE credentials"),
    "short password": (GOOD.replace("abcdefghijklmnopqrstuvwx", "abc"), "ICE credentials"),
    "huge ufrag": (GOOD.replace("ufrag:abcd", "ufrag:" + "a" * 257), "ICE credentials"),
    "ufrag in another alphabet": (GOOD.replace("ufrag:abcd", "ufrag:абвг"), "ICE credentials"),
    "ice lite": (GOOD.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), "ICE-lite"),
    "no fingerprint": (re.sub("a=fingerprint.*\r\n", "", GOOD), "fingerprint"),
    "weak fingerprint": (GOOD.replace("sha-256", "md5"), "fingerprint"),
    "no dtls": (re.sub("a=(fingerprint|setup).*\r\n", "", GOOD), "DTLS"),
    "unknown role": (GOOD.replace("actpass", "holdconn"), "not a session description"),
    "no opus": (GOOD.replace("opus/48000/2", "speex/16000"), "Opus"),
    "no codec of ours": (GOOD.replace("VP8", "AV1").replace("H264", "H265"), "neither H264"),
    "payload type no number": (GOOD.replace("SAVPF 111 0", "SAVPF abc"), "not a session description"),
    "broken m line": (
        GOOD.replace("m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "m=audio"),
        "not a session description",
    ),
    "rtpmap without payload": (
        GOOD.replace("a=rtpmap:111 opus/48000/2", "a=rtpmap:opus"),
        "not a session description",
    ),
    "fmtp for nothing": (GOOD.replace("a=fmtp:111", "a=fmtp:77"), "not a session description"),
    "nul": (GOOD.replace("a=sendrecv", "a=send\0recv"), "no codecs or no direction"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_corpus_is_refused_with_a_reason(name: str) -> None:
    text, reason = REFUSED[name]
    with pytest.raises(OfferRefused, match=re.escape(reason)):
        read_offer(text)


def _mutations() -> st.SearchStrategy[str]:
    def cut(start: int, length: int, put: str) -> str:
        return GOOD[:start] + put + GOOD[start + length :]

    build: Callable[..., str] = cut
    return st.builds(build, st.integers(0, len(GOOD)), st.integers(0, 60), st.text(max_size=20))


@given(st.one_of(_mutations(), st.text(max_size=400)))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        offer = read_offer(text)
    except OfferRefused:
        return
    assert len(offer.sections) <= 3


def test_h264_parameters() -> None:
    assert is_constrained_baseline({"packetization-mode": 1, "profile-level-id": "42e01f"})
    assert is_constrained_baseline({"packetization-mode": "1"})
    assert not is_constrained_baseline({"packetization-mode": "x"})
    assert not is_constrained_baseline({})
