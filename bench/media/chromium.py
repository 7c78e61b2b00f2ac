"""Runs `chromium.mjs`: lessons one after the other in one page of a real headless Chromium."""

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor_engine.media.encode import VideoCodec

SCRIPT = Path(__file__).with_suffix(".mjs")
TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class Visit:
    """One lesson to be opened: where its socket is, and what an offer says besides its SDP."""

    socket: str
    codec: VideoCodec
    stay_s: float = 0.5
    protocols: tuple[str, ...] = ("tutor.v1",)
    offer: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the browser measured; milliseconds from sending the offer."""

    answered_ms: float
    connected_ms: float
    first_frame_ms: float
    offsets_ms: list[float]
    """How much later sound is played than picture, every half second."""


async def visit(page: str, visits: list[Visit]) -> tuple[str, list[Seen]]:
    """Open all lessons; the browser's version and what it measured."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "Chromium is not installed; type: make system"
    lessons = [
        {
            "socket": each.socket,
            "protocols": each.protocols,
            "offer": dict(each.offer),
            "codec": each.codec,
            "staySeconds": each.stay_s,
        }
        for each in visits
    ]
    argument = json.dumps({"chromium": executable, "page": page, "lessons": lessons})
    process = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), argument, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(TIMEOUT_S):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    facts = json.loads(out)
    return facts["version"], [
        Seen(one["answeredMs"], one["connectedMs"], one["firstFrameMs"], one["offsetsMs"])
        for one in facts["lessons"]
    ]
