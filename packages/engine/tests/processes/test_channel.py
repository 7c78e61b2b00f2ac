"""Typed messages over a stream: framing, limits, and an end that is gone."""

import asyncio
import socket
import struct

import msgspec
import pytest

from tutor_engine.processes import Channel, ChannelClosed


class Ping(msgspec.Struct, tag=True, frozen=True):
    number: int


class Blob(msgspec.Struct, tag=True, frozen=True):
    data: bytes


async def _send_until_told(channel: Channel[Ping | Blob, Ping | Blob]) -> None:
    for _ in range(3):
        await channel.send(Blob(bytes(100_000)))


async def pair() -> tuple[Channel[Ping | Blob, Ping | Blob], socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    return await Channel.over(ours, Ping | Blob), theirs


async def test_messages_arrive_as_sent() -> None:
    left, theirs = await pair()
    right: Channel[Ping | Blob, Ping | Blob] = await Channel.over(theirs, Ping | Blob)
    big = Blob(bytes(range(256)) * 4000)
    left.post(Ping(1))
    sending = asyncio.create_task(left.send(big))
    assert await right.receive() == Ping(1)
    assert await right.receive() == big
    await sending
    await left.aclose()
    with pytest.raises(ChannelClosed):
        await right.receive()
    await right.aclose()


@pytest.mark.parametrize(
    "noise",
    [b"\x03\x00\x00\x00abc", struct.pack("<I", 2**31), b"\x08\x00\x00\x00short", b"\x01"],
    ids=["not msgpack", "absurd length", "cut off", "half a length"],
)
async def test_noise_closes_the_channel(noise: bytes) -> None:
    channel, theirs = await pair()
    theirs.send(noise)
    theirs.close()
    with pytest.raises(ChannelClosed):
        await channel.receive()
    await channel.aclose()


async def test_sending_to_a_closed_channel_is_told_once_and_never_hangs() -> None:
    channel, theirs = await pair()
    theirs.close()
    with pytest.raises(ChannelClosed):
        await _send_until_told(channel)
    await channel.aclose()
    await channel.aclose()
    channel.post(Ping(1))
