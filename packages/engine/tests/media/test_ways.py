"""A whole worker over ways that are bad, move, or speak IPv6; several workers; what sender reports say."""

import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCRtpReceiver
from aiortc.rtp import RtcpSrPacket, RtpPacket
from packages.engine.tests.media.classroom import (
    LOOP,
    Engine,
    House,
    Student,
    join,
    open_house,
    student,
    tone,
    until,
)
from packages.engine.tests.media.way import Way, drops_nothing, way_to

from tutor_engine.media import ladder
from tutor_engine.media import messages as m
from tutor_engine.media.peer import PeerLimits


async def join_over(engine: Engine, person: Student, peer: int, port: int, way: Way) -> None:
    """Negotiate; the student sends to the way's address instead of the port's."""
    known = len(engine.all(m.PeerAnswer))
    engine.post(m.OpenPeer(peer, await person.offer(), LOOP))
    await until(lambda: len(engine.all(m.PeerAnswer)) > known)
    answer = engine.all(m.PeerAnswer)[-1].sdp
    await person.accept(answer.replace(f" {port} typ host", f" {way.address[1]} typ host"))
    await until(lambda: person.connection.connectionState == "connected")


def loses(share: float, seed: int = 5) -> Callable[[bytes], bool]:
    """Media and reports are lost by chance; STUN passes, so that the connection stays."""
    chance = random.Random(seed)
    return lambda data: data[0] > 127 and chance.random() < share


async def test_a_bad_way_becomes_text_and_a_good_one_everything_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("DOWN_AFTER_S", 0.1), ("SOUND_AFTER_S", 0.3), ("UP_AFTER_S", 0.3)):
        monkeypatch.setattr(ladder, name, value)
    monkeypatch.setattr(ladder.LossWindow, "WINDOW_S", 2.0)
    monkeypatch.setattr("tutor_engine.media.worker.QUALITY_S", 0.1)
    engine = house.engine

    def levels() -> list[str]:
        told = [report.level for report in engine.all(m.PeerQuality)]
        return [level for level, former in zip(told, ["", *told], strict=False) if level != former]

    async with way_to(house.ready.port) as way, student() as person:
        await join_over(engine, person, 1, house.ready.port, way)
        await until(lambda: engine.all(m.PeerQuality))
        way.drops_out = loses(0.7)
        await until(lambda: levels()[-1] == "text")
        reasons = {report.reason for report in engine.all(m.PeerQuality) if report.level != "full"}
        assert reasons == {"network"}
        assert (engine.all(m.PeerQuality)[-1].loss_out or 0) > 0.5
        pictures = len(person.lumas)
        way.drops_out = drops_nothing
        await until(lambda: levels()[-1] == "full")
        assert levels() == ["full", "reduced", "still", "text", "still", "reduced", "full"]
        await until(lambda: len(person.lumas) > pictures + 10)
        assert {report.state for report in engine.all(m.PeerState)} == {"connecting", "connected"}


async def test_a_silent_connection_is_told_within_seconds_and_a_new_offer_takes_over(
    tmp_path: Path,
) -> None:
    async with (
        open_house(tmp_path, PeerLimits(stalled_s=0.8, silent_s=30.0)) as house,
        way_to(house.ready.port) as way,
        student(voice_hz=600) as before,
        student(voice_hz=600) as after,
    ):
        engine = house.engine
        await join_over(engine, before, 1, house.ready.port, way)
        engine.post(m.PlayAudio(1, 1, tone(20.0, 24_000), 24_000, 0.0, with_face=False))
        await engine.expect(m.PlaybackStarted)
        way.drops_in = lambda data: True
        stalled = await engine.expect(m.PeerState, lambda report: report.state == "stalled")
        assert stalled.silent_s > 0.8
        await join(engine, after, 1)
        await until(lambda: engine.all(m.PeerState)[-1].state == "connected")
        states = [report.state for report in engine.all(m.PeerState)]
        assert states == ["connecting", "connected", "stalled", "connecting", "connected"]
        await until(lambda: len(after.lumas) > 5)


async def test_ipv6_on_the_same_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves loopback addresses out; here there is nothing else to speak IPv6 from."""

    def only_loopback(*, use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return ["::1"]

    async with open_house(tmp_path, hosts=("127.0.0.1", "::1")) as house, student() as person:
        assert house.ready.addresses == [f"127.0.0.1:{house.ready.port}", f"[::1]:{house.ready.port}"]
        monkeypatch.setattr("aioice.ice.get_host_addresses", only_loopback)
        await join(house.engine, person, 1)
        await until(lambda: len(person.lumas) > 10)
        assert "IP6 ::1" in person.connection.localDescription.sdp


async def test_two_workers_have_a_port_each_and_know_only_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    async with (
        open_house(tmp_path / "one") as one,
        open_house(tmp_path / "two") as two,
        student() as first,
        student() as second,
        student() as lost,
    ):
        assert one.ready.port != two.ready.port
        await join(one.engine, first, 1)
        await join(two.engine, second, 1)
        await until(lambda: len(first.lumas) > 5 and len(second.lumas) > 5)
        two.engine.post(m.OpenPeer(2, await lost.offer(), LOOP))
        answer = await two.engine.expect(m.PeerAnswer, lambda report: report.peer == 2)
        await lost.accept(answer.sdp.replace(f" {two.ready.port} typ host", f" {one.ready.port} typ host"))
        strangers = "port_stun_unknown_username"
        await one.engine.expect(m.PeerStats, lambda report: report.values.get(strangers, 0) > 0)
        assert not (await two.engine.expect(m.PeerStats)).values.get(strangers, 0)


class Reports:
    """Where sound and picture stand on the sender's clock, as its reports say."""

    def __init__(self, receivers: list[RTCRtpReceiver]) -> None:
        self.first: dict[str, int] = {}
        self.mapped: dict[str, list[tuple[float, float]]] = {"audio": [], "video": []}
        for receiver, kind, rate_hz in zip(receivers, ("audio", "video"), (48_000, 90_000), strict=True):
            self._listen(receiver, kind, rate_hz)

    def _listen(self, receiver: Any, kind: str, rate_hz: int) -> None:
        on_rtp, on_rtcp = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

        async def rtp(packet: RtpPacket, arrival_time_ms: int) -> None:
            self.first.setdefault(kind, packet.timestamp)
            await on_rtp(packet, arrival_time_ms)

        async def rtcp(packet: Any) -> None:
            if isinstance(packet, RtcpSrPacket) and packet.sender_info.ntp_timestamp and kind in self.first:
                ntp_s = packet.sender_info.ntp_timestamp / 2**32
                media = (packet.sender_info.rtp_timestamp - self.first[kind]) & 0xFFFFFFFF
                self.mapped[kind].append((ntp_s, ntp_s - media / rate_hz))
            await on_rtcp(packet)

        receiver._handle_rtp_packet, receiver._handle_rtcp_packet = rtp, rtcp

    def offsets_ms(self) -> list[float]:
        """How far the picture is said to be behind the sound, at each report on the picture."""
        sound = statistics.median(origin_s for _, origin_s in self.mapped["audio"])
        return [(origin_s - sound) * 1000 for _, origin_s in self.mapped["video"]]


async def test_sender_reports_lay_sound_and_picture_of_a_moment_together(house: House) -> None:
    """Browsers align sound and picture by these reports alone."""
    async with student() as person:
        reports = Reports([transceiver.receiver for transceiver in person.connection.getTransceivers()])
        await join(house.engine, person, 1)
        await until(lambda: min(map(len, reports.mapped.values())) >= 6)
        offsets_ms = sorted(abs(offset) for offset in reports.offsets_ms())
        # One report may be written in the middle of a tick that this machine was late for.
        assert offsets_ms[len(offsets_ms) // 2] < 5
