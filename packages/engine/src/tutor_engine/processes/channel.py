"""Typed messages over a stream socket: a 4-byte little-endian length, then msgpack of a tagged struct."""

import asyncio
import socket
import struct
from typing import Any, Generic, TypeVar

import msgspec

Out = TypeVar("Out", bound=msgspec.Struct)
In = TypeVar("In", bound=msgspec.Struct)

_LENGTH = struct.Struct("<I")
MAX_BYTES = 16 * 1024 * 1024
"""Largest message: a minute of 48 kHz speech is 5.8 MB."""


class ChannelClosed(Exception):
    """The other end is gone."""


class Channel(Generic[Out, In]):
    """Sends `Out`, receives `In`; `In` is a union of structs made with `tag=True`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, incoming: type[In] | Any
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[In] = msgspec.msgpack.Decoder(incoming)

    @classmethod
    async def over(cls, sock: socket.socket, incoming: type[In] | Any) -> "Channel[Out, In]":
        """Take over a connected stream socket."""
        reader, writer = await asyncio.open_connection(sock=sock, limit=MAX_BYTES)
        return cls(reader, writer, incoming)

    def post(self, message: Out) -> None:
        """Queue a message without waiting; lost when the other end is gone."""
        if self._writer.is_closing():
            return
        body = self._encoder.encode(message)
        self._writer.write(_LENGTH.pack(len(body)) + body)

    async def send(self, message: Out) -> None:
        """Send a message and wait while the other end is slow.

        Raises:
            ChannelClosed: the other end is gone.
        """
        self.post(message)
        try:
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:
            raise ChannelClosed from error

    async def receive(self) -> In:
        """The next message.

        Raises:
            ChannelClosed: the other end is gone or sent something that is no message.
        """
        try:
            head = await self._reader.readexactly(_LENGTH.size)
            (length,) = _LENGTH.unpack(head)
            if length > MAX_BYTES:
                raise ChannelClosed(f"message of {length} bytes")
            return self._decoder.decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
            raise ChannelClosed from error

    async def aclose(self) -> None:
        """Close; safe to call twice."""
        if self._writer.is_closing():
            return
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            return
