"""The network between a student and the engine's port, on loopback: it may lose what it likes, or move."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

Drops = Callable[[bytes], bool]


def drops_nothing(data: bytes) -> bool:
    return False


def drops_all(data: bytes) -> bool:
    return True


def drops_all_but_stun(data: bytes) -> bool:
    return data[0] > 3


class Way:
    """Carries datagrams of any number of students; each is seen from an address of its own."""

    def __init__(self, engine: tuple[str, int]) -> None:
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._front = self._socket()
        self._loop.add_reader(self._front, self._from_students)
        self._backs: dict[tuple[str, int], socket.socket] = {}
        self.drops_in: Drops = drops_nothing
        """What is lost on the way to the engine."""
        self.drops_out: Drops = drops_nothing
        self.address: tuple[str, int] = self._front.getsockname()

    def rebind(self) -> None:
        """The NAT forgets: everybody gets another address."""
        for sock in self._backs.values():
            self._close(sock)
        self._backs.clear()

    def close(self) -> None:
        self.rebind()
        self._close(self._front)

    def _socket(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        return sock

    def _close(self, sock: socket.socket) -> None:
        self._loop.remove_reader(sock)
        sock.close()

    def _from_students(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                data, student = self._front.recvfrom(4096)
                if student not in self._backs:
                    back = self._backs[student] = self._socket()
                    self._loop.add_reader(back, self._from_engine, back, student)
                if not self.drops_in(data):
                    self._backs[student].sendto(data, self._engine)

    def _from_engine(self, back: socket.socket, student: tuple[str, int]) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            while True:
                data = back.recv(4096)
                if not self.drops_out(data):
                    self._front.sendto(data, student)


@asynccontextmanager
async def way_to(port: int) -> AsyncGenerator[Way]:
    way = Way(("127.0.0.1", port))
    try:
        yield way
    finally:
        way.close()
