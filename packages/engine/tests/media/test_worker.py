"""A whole media worker with real peers over loopback: what students see and hear, what the engine is told."""

import asyncio
import itertools
from pathlib import Path

import numpy as np
import pytest
from packages.engine.tests.media.classroom import (
    House,
    face,
    join,
    open_house,
    picture,
    strength,
    student,
    tone,
    until,
)

from tutor_engine.media import messages as m
from tutor_engine.media.peer import PeerLimits
from tutor_engine.media.playout import FRAME_TICKS, TICK_PTS
from tutor_engine.media.seat import encoder_threads
from tutor_engine.media.worker import read_arguments
from tutor_engine.processes import Child
from tutor_engine.processes.frames import FrameReady, FrameTaken, LoopAt, Playing

FRAME_PTS = FRAME_TICKS * TICK_PTS
GREY, LIVE, CLOSING = 51, 214, 238
"""What a receiver measures for luma 60, 200 and 220 in full range."""


def near(luma: int, expected: int) -> bool:
    return abs(luma - expected) <= 4


def live_of(lumas: list[int]) -> list[int]:
    """What is not the idle loop."""
    return [luma for luma in lumas if not near(luma, GREY)]


async def test_the_idle_loop_plays_on_a_grid_of_25_fps_from_the_start(house: House) -> None:
    async with student(data=True) as person:
        await join(house.engine, person, 1)
        await until(lambda: len(person.video_pts) >= 30)
        assert all(near(luma, GREY) for luma in person.lumas)
        # A worker that gets no processor leaves out places of the grid; it never bends it.
        steps = np.diff(person.video_pts)
        assert (steps >= FRAME_PTS).all()
        assert not (steps % TICK_PTS).any()
        assert np.abs(person.heard()).max() <= 2
        states = [report.state for report in house.engine.all(m.PeerState)]
        assert states == ["connecting", "connected"]


async def test_sound_of_the_engine_is_heard_whole_and_reported(house: House) -> None:
    engine = house.engine
    async with student() as person:
        await join(engine, person, 1)
        pcm = tone(0.6, 22_050)
        for start in range(0, len(pcm), 8_820):
            engine.post(m.PlayAudio(1, 7, pcm[start : start + 8_820], 22_050, start / 44.1, with_face=False))
        engine.post(m.EndAudio(1, 7))
        ended = await engine.expect(m.PlaybackEnded)
        assert (ended.peer, ended.turn, ended.flushed) == (1, 7, False)
        assert ended.position_ms == pytest.approx(600, abs=1)
        assert [report.turn for report in engine.all(m.PlaybackStarted)] == [7]
        positions = [report.position_ms for report in engine.all(m.PlaybackPosition)]
        assert positions == [100, 200, 300, 400, 500]
        await until(lambda: person.quiet_for(0.1))
        loud = np.flatnonzero(np.abs(person.heard()) > 2_000)
        body = person.heard()[loud[0] : loud[-1]]
        assert len(body) / 48 == pytest.approx(600, abs=15)
        assert strength(body[4_800:24_000], 48_000, 440) == pytest.approx(10_000, rel=0.1)


async def test_face_and_sound_come_together_and_the_loop_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.media.worker.STATS_S", 0.1)
    async with (
        open_house(tmp_path) as house,
        student() as person,
        face(house.ready.frames_socket) as worker,
    ):
        engine = house.engine
        await join(engine, person, 1)
        await until(lambda: len(person.lumas) > 5 and worker.all(LoopAt))
        engine.post(m.PlayAudio(1, 1, tone(0.4, 24_000), 24_000, 0.0))
        engine.post(m.EndAudio(1, 1))
        await asyncio.sleep(0.1)
        assert not engine.all(m.PlaybackStarted), "sound waits for the first frame"
        for index in range(10):
            worker.show(1, 1, index, 200, loop_index=10 + index)
        for step in range(4):
            worker.show(1, 1, -1, 220, loop_index=20 + step, exit=step == 3)
        await until(lambda: len(worker.all(FrameTaken)) == 14)
        await engine.expect(m.PlaybackEnded)
        await until(lambda: any(reply.loop_index == 25 for reply in worker.all(LoopAt)))
        known = len(engine.all(m.PeerStats))
        await until(lambda: len(engine.all(m.PeerStats)) > known)
        sent = engine.all(m.PeerStats)[-1].values
        # Every frame is shown or, when it missed its moment, counted.
        assert sent["frames_live"] + sent["frames_dropped_late"] + sent["frames_refused"] == 14
        await until(
            lambda: len(live_of(person.lumas)) == sent["frames_live"] and near(person.lumas[-1], GREY)
        )
        lumas = live_of(person.lumas)
        assert 0 < sum(near(luma, LIVE) for luma in lumas) <= 10
        assert sum(near(luma, CLOSING) for luma in lumas) <= 4
        assert [near(luma, CLOSING) for luma in lumas] == sorted(near(luma, CLOSING) for luma in lumas)
        played = [reply.position_ms for reply in worker.all(Playing)]
        assert played == [40.0 * step for step in range(1, 10)]


async def test_an_interruption_is_silence_within_two_blocks(house: House) -> None:
    engine = house.engine
    async with student() as person:
        await join(engine, person, 1)
        engine.post(m.PlayAudio(1, 3, tone(3.0, 24_000), 24_000, 0.0, with_face=False))
        await engine.expect(m.PlaybackPosition, lambda report: report.position_ms >= 200)
        engine.post(m.FlushAudio(1, 3))
        ended = await engine.expect(m.PlaybackEnded)
        assert ended.flushed
        engine.post(m.PlayAudio(1, 3, tone(1.0, 24_000), 24_000, ended.position_ms, with_face=False))
        await until(lambda: person.quiet_for(0.2))
        loud = np.flatnonzero(np.abs(person.heard()) > 1_000)
        assert (loud[-1] - loud[0]) / 48 <= ended.position_ms + 45


async def test_a_ducked_turn_goes_on_quieter(house: House) -> None:
    engine = house.engine
    async with student() as person:
        await join(engine, person, 1)
        engine.post(m.SetGain(7, 1, 0.1))  # nobody is there
        engine.post(m.PlayAudio(1, 1, tone(1.2, 48_000), 48_000, 0.0, with_face=False))
        engine.post(m.EndAudio(1, 1))
        await engine.expect(m.PlaybackPosition, lambda report: report.position_ms >= 400)
        engine.post(m.SetGain(1, 1, 0.25))
        ended = await engine.expect(m.PlaybackEnded)
        assert ended.position_ms == pytest.approx(1200, abs=1)
        await until(lambda: person.quiet_for(0.2))
        heard = person.heard()
        loud = np.flatnonzero(np.abs(heard) > 1_000)
        assert strength(heard[loud[0] + 4_800 :][:9_600], 48_000, 440) == pytest.approx(10_000, rel=0.1)
        assert strength(heard[loud[-1] - 14_400 :][:9_600], 48_000, 440) == pytest.approx(2_500, rel=0.1)


async def test_the_microphone_arrives_as_16_khz_pcm(house: House) -> None:
    async with student(voice_hz=600) as person:
        await join(house.engine, person, 4)
        await until(lambda: len(house.engine.all(m.Microphone)) >= 40)
        reports = house.engine.all(m.Microphone)
        assert {report.peer for report in reports} == {4}
        assert all(20 * 32 <= len(report.pcm) <= 60 * 32 for report in reports)
        assert all(a.received_s <= b.received_s for a, b in itertools.pairwise(reports))
        heard = np.frombuffer(b"".join(report.pcm for report in reports), np.int16)
        # aiortc spreads mono over two channels at -3 dB
        assert strength(heard[3_200:9_600], 16_000, 600) == pytest.approx(7_071, rel=0.1)


async def test_statistics_come_every_two_seconds(house: House) -> None:
    async with student(voice_hz=600) as person:
        await join(house.engine, person, 1)
        await until(lambda: len(house.engine.all(m.PeerStats)) >= 2)
        values = house.engine.all(m.PeerStats)[-1].values
        assert values["stun_ok"] >= 1
        assert values["mic_packets"] > 20
        assert values["video_packets"] > 20
        assert values["frames_loop"] > 20
        assert values["video_lost"] == 0
        assert {"rtt_s", "tick_late_p99_ms", "frames_dropped_late", "remb_bps"} <= values.keys()
        received = await person.connection.getStats()
        assert any(
            entry.type == "remote-inbound-rtp" and entry.kind == "audio" for entry in received.values()
        ), "receiver reports for the microphone"


async def test_a_second_picture_section_is_refused_and_the_worker_goes_on(house: House) -> None:
    engine = house.engine
    async with student() as greedy, student() as person:
        greedy.connection.addTransceiver("video", "recvonly")
        engine.post(m.OpenPeer(1, await greedy.offer(), "grey-loop"))
        refused = await engine.expect(m.PeerRefused)
        assert "unasked media" in refused.reason
        for sdp in ("", "v=0", "m=audio 9", "\0" * 100, "a" * 100_000):
            engine.post(m.OpenPeer(1, sdp, "grey-loop"))
        await until(lambda: len(engine.all(m.PeerRefused)) == 6)
        await join(engine, person, 1)


async def test_a_new_offer_replaces_the_connection_and_the_turn_goes_on(house: House) -> None:
    engine = house.engine
    async with student() as before, student() as after:
        await join(engine, before, 1)
        engine.post(m.PlayAudio(1, 2, tone(2.0, 24_000), 24_000, 0.0, with_face=False))
        await engine.expect(m.PlaybackPosition, lambda report: report.position_ms >= 200)
        await join(engine, after, 1)
        await until(lambda: before.connection.connectionState == "closed")
        await until(lambda: np.abs(after.heard()).max(initial=0) > 5_000 and len(after.lumas) > 5)
        assert not engine.all(m.PlaybackEnded)
        assert "gone" not in [report.state for report in engine.all(m.PeerState)]


async def test_a_face_worker_that_dies_gives_way_to_the_loop_and_may_come_back(house: House) -> None:
    engine = house.engine
    async with student() as person:
        await join(engine, person, 1)
        for turn in (1, 2):
            async with face(house.ready.frames_socket) as worker:
                await until(lambda: bool(worker.all(LoopAt)))
                seen = len(person.lumas)
                for index in range(5):
                    worker.show(1, turn, index, 200)
                await until(lambda: len(worker.all(FrameTaken)) == 5)
                engine.post(m.PlayAudio(1, turn, tone(0.8, 24_000), 24_000, 0.0))
                await until(lambda: any(near(luma, LIVE) for luma in person.lumas[seen:]))  # noqa: B023
            engine.post(m.EndAudio(1, turn))
            await until(lambda: near(person.lumas[-1], GREY))
            await engine.expect(m.PlaybackEnded, lambda report: report.turn == turn)  # noqa: B023
        assert [report.flushed for report in engine.all(m.PlaybackEnded)] == [False, False]


async def test_frames_that_nobody_can_show_are_given_back(house: House) -> None:
    async with face(house.ready.frames_socket) as worker:
        worker.show(99, 1, 0, 200)
        await until(lambda: len(worker.all(FrameTaken)) == 1)
    async with face(house.ready.frames_socket) as worker, student() as person:
        await join(house.engine, person, 1)
        worker.channel.post(FrameReady(1, 1, -1, 0, 500, 64, 64))
        await until(lambda: len(worker.all(FrameTaken)) == 1)


async def test_what_is_said_of_an_unknown_peer_is_answered(house: House) -> None:
    engine = house.engine
    for command in (
        m.PlayAudio(8, 1, b"", 24_000, 0.0),
        m.ShowLoop(8, "grey-loop"),
        m.AddCandidate(8, "candidate:1"),
        m.ClosePeer(8),
        m.EndAudio(8, 1),
        m.FlushAudio(8, 2),
    ):
        engine.post(command)
    await until(lambda: len(engine.all(m.PlaybackEnded)) == 2)
    assert engine.all(m.PlaybackEnded) == [m.PlaybackEnded(8, 1, 0.0, True), m.PlaybackEnded(8, 2, 0.0, True)]


async def test_another_loop_is_shown_and_a_broken_one_is_reported(house: House, tmp_path: Path) -> None:
    engine = house.engine
    raw = tmp_path / "white.i420"
    raw.write_bytes(picture(220).tobytes() * 25)
    engine.post(m.LoadLoop("white", str(raw), str(house.cache), 64, 64, 25))
    engine.post(m.LoadLoop("broken", str(raw), str(house.cache), 64, 64, 50))
    await engine.expect(m.LoopLoaded, lambda report: report.loop == "white")
    assert (await engine.expect(m.LoopFailed)).loop == "broken"
    async with student() as person:
        await join(engine, person, 1)
        await until(lambda: len(person.lumas) > 3)
        engine.post(m.ShowLoop(1, "white"))
        await until(lambda: near(person.lumas[-1], CLOSING))


async def test_a_browser_that_never_connects_fails_and_its_turn_ends(tmp_path: Path) -> None:
    async with open_house(tmp_path, PeerLimits(connect_s=0.2)) as house, student() as person:
        house.engine.post(m.OpenPeer(1, await person.offer(), "grey-loop"))
        house.engine.post(m.PlayAudio(1, 1, tone(0.5, 24_000), 24_000, 0.0))
        state = await house.engine.expect(m.PeerState, lambda report: report.state == "failed")
        assert state.code == "media_blocked"
        assert state.detail.startswith("nothing_arrives: ")
        assert house.engine.all(m.PlaybackEnded) == [m.PlaybackEnded(1, 1, 0.0, True)]


async def test_the_real_process_serves_and_ends_with_its_parent(tmp_path: Path) -> None:
    reports: list[m.MediaReport] = []

    async def keep(report: m.MediaReport) -> None:
        reports.append(report)

    arguments = ("--host", "127.0.0.1", "--port", "0", "--frames-socket", str(tmp_path / "f.sock"))
    child: Child[m.MediaCommand, m.MediaReport] = Child(
        "media-test", "tutor_engine.media.worker", m.MediaReport, args=arguments, on_message=keep
    )
    await child.start()
    try:
        await until(lambda: reports, 90)
        ready = reports[0]
        assert isinstance(ready, m.MediaReady)
        assert ready.addresses == [f"127.0.0.1:{ready.port}"]
        async with student() as person:
            child.post(m.OpenPeer(1, await person.offer(), "none"))
            await until(lambda: any(isinstance(report, m.PeerAnswer) for report in reports))
            answer = next(report for report in reports if isinstance(report, m.PeerAnswer))
            await person.accept(answer.sdp)
            await until(lambda: person.connection.connectionState == "connected")
            await until(lambda: len(person.heard()) > 9_600)
    finally:
        await child.aclose()
    assert child.pid is None
    assert not (tmp_path / "f.sock").exists()


def test_one_core_is_left_to_the_clock() -> None:
    assert [encoder_threads(cores) for cores in (1, 2, 8)] == [1, 1, 7]


def test_arguments() -> None:
    fd, options = read_arguments(
        [
            "--fd",
            "5",
            "--host",
            "0.0.0.0,::",
            "--announce",
            "203.0.113.1,[::1]:7",
            "--frames-socket",
            "/run/f",
        ]
    )
    assert fd == 5
    assert options.hosts == ("0.0.0.0", "::")  # noqa: S104
    assert options.port == 10110
    assert options.announced == (("203.0.113.1", 10110), ("::1", 7))
    assert options.frames_socket == Path("/run/f")
