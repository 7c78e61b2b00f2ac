"""A child process for the tests: echoes words, dies when told to."""

import argparse
import os
import socket

import msgspec

from tutor_engine.processes import Channel, ChannelClosed, serve_child


class Say(msgspec.Struct, tag=True, frozen=True):
    """Echo this."""

    words: str


class Die(msgspec.Struct, tag=True, frozen=True):
    """End at once, as a crash would."""


class Said(msgspec.Struct, tag=True, frozen=True):
    """The echo."""

    words: str
    pid: int


async def main(sock: socket.socket) -> None:
    """Echo until the parent is gone."""
    channel: Channel[Said, Say | Die] = await Channel.over(sock, Say | Die)
    while True:
        try:
            message = await channel.receive()
        except ChannelClosed:
            return
        if isinstance(message, Die):
            os._exit(3)
        await channel.send(Said(message.words, os.getpid()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    serve_child(main, parser.parse_args().fd)
