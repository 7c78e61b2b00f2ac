"""Packets of a large frame are spread, everything else passes at once."""

import asyncio
from collections.abc import Callable

from tutor_engine.media.pacing import BURST_PACKETS, MOST_PAUSES, PAUSE_S, Pacer

THERE = ("127.0.0.1", 9)
VIDEO, SOUND = 97, 111


def rtp(kind: int, number: int, marker: int = 0) -> bytes:
    return bytes([0x80, marker << 7 | kind, 0, number])


class Road:
    """Remembers what left when; timers run when the test says so."""

    def __init__(self) -> None:
        self.now_s = 10.0
        self.sent: list[tuple[float, bytes]] = []
        self.timers: list[tuple[float, asyncio.TimerHandle]] = []
        self.pacer = Pacer(self._send, self._call_later, lambda: self.now_s)
        self.pacer.paced = frozenset({VIDEO})

    def _send(self, data: bytes, addr: tuple[str, int]) -> None:
        assert addr == THERE
        self.sent.append((self.now_s, data))

    def _call_later(self, delay_s: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        handle = asyncio.TimerHandle(loop.time(), callback, (), loop)
        self.timers.append((self.now_s + delay_s, handle))
        return handle

    def frame(self, packets: int) -> None:
        for number in range(packets):
            self.pacer.send(rtp(VIDEO, number, marker=number == packets - 1), THERE)

    def wait(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.timers and self.timers[0][0] <= end_s:
            self.now_s, handle = self.timers.pop(0)
            if not handle.cancelled():
                handle._run()
        self.now_s = end_s

    def numbers(self) -> list[int]:
        pictures = (data for _, data in self.sent if len(data) == 4 and data[1] & 0x7F == VIDEO)
        return [data[3] for data in pictures]


async def test_ordinary_frames_pass_at_once_and_need_no_timer() -> None:
    road = Road()
    for _ in range(25):
        road.frame(6)
        road.wait(0.04)
    assert len(road.sent) == 150
    assert not road.timers
    assert road.pacer.delayed == 0


async def test_a_key_frame_is_spread_in_order_over_at_most_eight_milliseconds() -> None:
    for packets in (BURST_PACKETS + 1, 35, 200):
        road = Road()
        road.frame(packets)
        assert len(road.sent) == BURST_PACKETS
        road.wait(0.02)
        assert road.numbers() == list(range(packets))
        assert road.sent[-1][0] - 10.0 <= MOST_PAUSES * PAUSE_S + 1e-6
        assert road.pacer.delayed == packets - BURST_PACKETS
        assert not road.timers


async def test_sound_and_everything_that_is_no_picture_overtakes() -> None:
    road = Road()
    road.frame(40)
    others = [rtp(SOUND, 1), b"\x80\xc8ab", b"\x16\xfe\xfd", b"\x00\x01", b"\x80", b""]
    for data in others:
        road.pacer.send(data, THERE)
    assert [data for _, data in road.sent[BURST_PACKETS:]] == others
    road.wait(0.02)
    assert road.numbers() == list(range(40))


async def test_a_frame_that_comes_meanwhile_queues_behind() -> None:
    road = Road()
    road.frame(30)
    road.pacer.send(rtp(VIDEO, 30), THERE)
    road.wait(0.02)
    assert road.numbers() == list(range(31))
    road.wait(0.04)
    road.frame(BURST_PACKETS)
    assert len(road.sent) == 31 + BURST_PACKETS, "a burst is forgotten"


async def test_closing_forgets_what_waits() -> None:
    road = Road()
    road.frame(30)
    road.pacer.close()
    road.pacer.close()
    road.wait(0.05)
    assert len(road.sent) == BURST_PACKETS
