"""What an attacker sends: junk datagrams, forged checks and handshakes, mutated session descriptions.

Everything comes from a seeded generator, so a case that was found once is found again.
"""

import random
import struct
from collections.abc import Callable, Iterator, Sequence

from aioice import stun

MAX_DATAGRAM = 1200

_DTLS_VERSIONS = (b"\xfe\xff", b"\xfe\xfd")
_DTLS_TYPES = (20, 21, 22, 23)
_WORDS = (
    "", "0", "-1", "1e309", "65536", "4294967296", "99999999999999999999", "nan", "\x00", "\ufeff", "é",
    "𝄞", "\ud7ff", "%s%n", "../../etc/passwd", "a=", "m=", "=", ":", "/", " ", "\t", "::1",
    "255.255.255.255", "x" * 300, "BUNDLE", "sha-256", "active", "passive", "holdconn", "IN IP6 ::", "*",
)  # fmt: skip
_LINES = (
    "a=ice-lite", "a=setup:active", "a=setup:passive", "a=setup:holdconn", "a=inactive", "a=sendonly",
    "a=recvonly", "a=sendrecv", "a=rtcp-mux", "a=mid:0", "a=mid:", "a=group:BUNDLE", "a=group:BUNDLE 0 1 2 3",
    "a=candidate:1 1 udp 1 127.0.0.1 9 typ host", "a=candidate:", "a=end-of-candidates", "a=crypto:1 x x:x",
    "a=extmap:1 urn:x", "a=extmap:99999 urn:x", "a=rtpmap:96 VP8/0", "a=rtpmap:0 VP8/90000", "a=rtpmap:x",
    "a=rtpmap:111 opus/-1/99", "a=fmtp:96 x=y;;=;", "a=fmtp:", "a=rtcp-fb:* nack", "a=rtcp-fb:", "a=msid:- -",
    "a=ssrc:1 cname:x", "a=ssrc:x", "a=ssrc-group:FID 1", "a=ssrc-group:", "a=sctp-port:99999",
    "a=max-message-size:0", "a=fingerprint:sha-256 00", "a=fingerprint:", "a=ice-ufrag:", "a=ice-pwd:short",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 0 UDP/TLS/RTP/SAVPF 96", "m=video 9 RTP/AVP 96", "m=",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=text 9 UDP/TLS/RTP/SAVPF 98", "v=1", "c=IN IP4 x",
    "b=AS:0", "a=simulcast:send 1;2", "a=rid:1 send", "a=bundle-only", "a=ice-options:trickle ice2",
)  # fmt: skip


def junk(seed: int, count: int) -> Iterator[bytes]:
    """Datagrams of random bytes and lengths; every fourth begins like STUN, DTLS or RTP does."""
    chance = random.Random(seed)
    for number in range(count):
        data = bytearray(chance.randbytes(chance.randrange(1, MAX_DATAGRAM)))
        if number % 4 == 0:
            data[0] = chance.choice((0, 1, 2, 3, 20, 22, 63, 64, 128, 144, 191, 255))
        yield bytes(data)


def handshakes(seed: int, count: int) -> Iterator[bytes]:
    """DTLS records with a right header: hellos, alerts that end a connection, encrypted data."""
    chance = random.Random(seed)
    for _ in range(count):
        body = chance.randbytes(chance.randrange(2, 300))
        kind = chance.choice(_DTLS_TYPES)
        if kind == 21:
            body = b"\x02\x00"  # fatal, close_notify
        version, number = chance.choice(_DTLS_VERSIONS), chance.randbytes(6)
        yield struct.pack("!B2sH6sH", kind, version, 0, number, len(body)) + body


def check(username: str, password: str, *, nominate: bool = True) -> bytes:
    """A connectivity check (RFC 8445, section 7.2.2)."""
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = username
    request.attributes["PRIORITY"] = 2_130_706_431
    request.attributes["ICE-CONTROLLING"] = 1
    if nominate:
        request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(password.encode())
    request.add_fingerprint()
    return bytes(request)


def broken_checks(seed: int, count: int, username: str) -> Iterator[bytes]:
    """Checks for a real user name with a byte changed, cut off or doubled."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(check(username, "x" * 22))
        match chance.randrange(3):
            case 0:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 1:
                del data[chance.randrange(1, len(data)) :]
            case _:
                data *= 2
        yield bytes(data)


def mutated(offer: str, seed: int, count: int) -> Iterator[str]:
    """The offer with one to nine things changed."""
    chance = random.Random(seed)
    for _ in range(count):
        lines = offer.splitlines()
        for _ in range(chance.choice((1, 2, 3, 4, 6, 9))):
            if lines:
                chance.choice(_MUTATIONS)(lines, chance)
        yield chance.choice(("\r\n", "\r\n", "\r\n", "\n")).join(lines) + "\r\n"


def _delete(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines))]


def _repeat(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def _swap(lines: list[str], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _insert(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(_LINES))


def _change_word(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    words = lines[at].split(" ")
    words[chance.randrange(len(words))] = chance.choice(_WORDS)
    lines[at] = " ".join(words)


def _change_value(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    name, _, _ = lines[at].partition(":")
    lines[at] = f"{name}:{chance.choice(_WORDS)}"


def _change_letter(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    letters = list(lines[at] or " ")
    letters[chance.randrange(len(letters))] = chr(
        chance.choice((chance.randrange(128), chance.randrange(0x800)))
    )
    lines[at] = "".join(letters)


def _cut(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


def _double_section(lines: list[str], chance: random.Random) -> None:
    starts = [number for number, line in enumerate(lines) if line.startswith("m=")]
    if starts:
        begin = chance.choice(starts)
        end = next((start for start in starts if start > begin), len(lines))
        lines[begin:begin] = lines[begin:end]


_MUTATIONS: Sequence[Callable[[list[str], random.Random], None]] = (
    _delete, _delete, _repeat, _swap, _insert, _insert, _change_word, _change_word, _change_value,
    _change_value, _change_letter, _change_letter, _cut, _double_section,
)  # fmt: skip
