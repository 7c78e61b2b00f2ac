"""Students inside the client's network, made of code: `python -m tests.lab.visitor '{"engine": …}'`.

Reads commands from standard input and answers with one JSON line each (see `remote.py`); every student of the
process does each command, all at the same time.
"""

import asyncio
import json
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCIceTransportPolicy
from bench.student import ADA, Microphone, Student
from tests.lab.receiver import Receiver

OFFER_EVERY_S = 0.05
"""The engine takes 20 messages a second from a socket."""
LEVELS = ("full", "reduced", "still", "text")
"""Best first."""


@dataclass(slots=True)
class Visitor(Student):
    """A student who reports how well the lesson arrives. Its public coroutines are the commands."""

    codec: str = "H264"
    receiver: Receiver | None = None

    async def join(self, relay: bool = False, patience_s: float = 20) -> dict[str, Any]:
        """Connect; tells whether and how fast, and raises nothing because of the network."""
        if self.receiver is not None:
            await self.receiver.aclose()
            self.microphone = Microphone()
        receiver = self.receiver = Receiver(self.codec)
        since = len(self.events)
        await self.offer(await receiver.offer(await self._configuration(relay), self.microphone))
        sdp = (await self.event("webrtc_answer", since=since, timeout_s=90))["sdp"]
        answered_s = time.monotonic()
        await receiver.accept(sdp)
        seen = await receiver.first_frame(patience_s)
        announced = {" ".join(line.split()[4:6]) for line in sdp.splitlines() if "a=candidate:" in line}
        return {
            "connected": receiver.connected,
            "first_frame_s": receiver.frame_times[0] - answered_s if seen else None,
            "codec": codec_of(sdp),
            "announced": sorted(announced),
        }

    async def watch(self, seconds: float) -> dict[str, Any]:
        """What arrives in so many seconds."""
        assert self.receiver is not None
        before = len(await self.quality())
        seen = await self.receiver.watch(seconds)
        told = [level for level, _ in await self.quality()]
        return {**seen, "level": max(told[max(0, before - 1) :], key=LEVELS.index, default="full")}

    async def quality(self) -> list[tuple[str, str]]:
        """Levels and their reasons that this student was told, oldest first."""
        told = (event.data for event in self.events if event.data["type"] == "quality")
        return [(quality["level"], quality["reason"]) for quality in told]

    async def converse(self, text: str) -> dict[str, Any]:
        """Ask in writing; tells what the tutor answers."""
        since = len(self.events)
        await self.ask(text)
        answer = await self.event("text", since=since, timeout_s=30)
        return {"answer": answer["content"]}

    async def errors(self) -> list[str]:
        """Codes of the errors this student was told so far."""
        return [str(event.data["code"]) for event in self.events if event.data["type"] == "error"]

    async def reconnect(self) -> dict[str, Any]:
        """The network is another one: a new socket with the same token, and a new offer."""
        began_s = time.monotonic()
        await self.connect_socket()
        joined = await self.join()
        return {**joined, "back_after_s": time.monotonic() - began_s}

    async def offers(self, texts: Sequence[str]) -> dict[str, int]:
        """Offer whatever the texts are; counts the answers by what they were."""
        counted: dict[str, int] = {}
        for text in texts:
            since = len(self.events)
            await self.offer(text)
            await self.until(lambda since=since: bool(self._answer(since)), 30, "answer to an offer")
            answer = self._answer(since)
            counted[answer] = counted.get(answer, 0) + 1
            await asyncio.sleep(OFFER_EVERY_S)
        return counted

    async def offer(self, sdp: str) -> None:
        """Send an offer."""
        await self.send(type="webrtc_offer", sdp=sdp, user_id=self.user_id, engine_session_id=self.session_id)

    async def leave(self) -> None:
        """Give the seat back."""
        if self.receiver is not None:
            await self.receiver.aclose()
        await self.aclose()

    async def _configuration(self, relay: bool) -> RTCConfiguration:
        """No servers at all; where only a relay helps, those that the engine names and TCP reaches.

        aiortc takes the first TURN server only.
        """
        assert self._http is not None
        servers: list[RTCIceServer] = []
        if relay:
            async with self._http.get(f"{self.engine}/v1/webrtc/config") as answer:
                told = await answer.json()
            servers = [
                RTCIceServer(url, server.get("username"), server.get("credential"))
                for server in told["iceServers"]
                for url in server["urls"]
                if url.endswith("transport=tcp")
            ]
        return RTCConfiguration(
            iceServers=servers,
            bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
            iceTransportPolicy=RTCIceTransportPolicy.RELAY if relay else RTCIceTransportPolicy.ALL,
        )

    def _answer(self, since: int) -> str:
        """What came back for an offer: `webrtc_answer`, or the code of the refusal."""
        for event in self.events[since:]:
            if event.data["type"] in ("webrtc_answer", "error"):
                return str(event.data.get("code", event.data["type"]))
        return ""


def codec_of(answer: str) -> str:
    """The codec that an answer puts first in its picture section."""
    section = answer.partition("m=video ")[2]
    payload = section.split()[2]
    found = next(line for line in section.splitlines() if line.startswith(f"a=rtpmap:{payload} "))
    return found.split()[1].partition("/")[0]


async def obey(people: Sequence[Visitor], command: dict[str, Any]) -> list[Any]:
    """Let every student do a command."""
    verb = command.pop("do")
    return await asyncio.gather(*(getattr(person, verb)(**command) for person in people))


async def serve(options: dict[str, Any]) -> None:
    """Obey until the input ends."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        people: list[Visitor] = []
        for user, codec in enumerate(options["codecs"], options["first_user"]):
            person = Visitor(
                options["engine"], options["api_key"], tutor=ADA, user_id=user, media=False, codec=codec
            )
            people.append(person)
            await stack.enter_async_context(person)
            stack.push_async_callback(person.leave)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            try:
                answer = {"result": await obey(people, json.loads(line))}
            except Exception:  # whatever it is, the test must be told
                answer = {"error": traceback.format_exc()}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
