"""One browser's socket: what waits to be sent to it, and how fast it may speak.

Events wait in a queue of `MAX_WAITING`; a browser that reads slower than that is hung up on, because an
answer with a hole in it is worse than a reconnect.
"""

import asyncio
import contextlib

from starlette.websockets import WebSocket, WebSocketDisconnect

from tutor_platform.gateway.events import refusal
from tutor_platform.kit.language import Language
from tutor_platform.kit.limits import TokenBucket
from tutor_protocol import ErrorCode

MAX_WAITING = 1_000
"""About two minutes of the busiest answer."""
TRY_AGAIN_LATER = 1013
POLICY_VIOLATION = 1008


class Browser:
    """The gateway's end of one browser socket."""

    def __init__(self, sign_in_id: str, language: Language, bucket: TokenBucket) -> None:
        self.sign_in_id = sign_in_id
        self.language: Language = language
        self._bucket = bucket
        self._waiting: asyncio.Queue[str | int] = asyncio.Queue(MAX_WAITING)
        self.holding: dict[tuple[str, str], dict[str, object]] = {}
        """Keys that are pressed, by lesson and name, with the message that told so."""

    def may_speak(self) -> bool:
        """Whether one more message is within the rate."""
        return self._bucket.take(asyncio.get_running_loop().time())

    def tell(self, event: str) -> None:
        """Send an event, soon."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self.hang_up(TRY_AGAIN_LATER)

    def refuse(
        self, code: ErrorCode, engine_session_id: str | None = None, retry_after_s: float | None = None
    ) -> None:
        """Send an `error` in the person's language."""
        self.tell(refusal(code, self.language, engine_session_id, retry_after_s))

    def hang_up(self, code: int) -> None:
        """Close the socket with this code; what still waits is dropped."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(code)

    async def pump(self, socket: WebSocket) -> None:
        """Send what waits until the socket is closed by either side."""
        # The browser may leave between two events; the reading side notices.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                item = await self._waiting.get()
                if isinstance(item, int):
                    await socket.close(item)
                    return
                await socket.send_text(item)
