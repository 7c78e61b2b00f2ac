"""The first page on a slow phone: bytes of script, and when its largest part is painted.

Chromium with its processor slowed down four times, behind 150 ms and 1.6 Mbit/s. An almost empty page from
the same server is the baseline: what connection and browser cost anyway.
"""

import argparse
import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

from bench.house import ROOT
from bench.platform.town import town
from bench.tables import quantiles, show

MAX_SCRIPT_BYTES = 250_000
MAX_LARGEST_MS = 2_500.0


async def _visit(
    url: str, rounds: int, slower: float, token: str = "", until: str = ""
) -> list[dict[str, Any]]:
    options = {
        "url": url,
        "rounds": rounds,
        "slower": slower,
        "token": token,
        "until": until,
        "chromium": shutil.which("chromium") or shutil.which("google-chrome"),
    }
    script = ROOT / "bench" / "platform" / "load.mjs"
    process = await asyncio.create_subprocess_exec(
        "node", str(script), json.dumps(options), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return json.loads(out)


async def _measure(dist: Path, rounds: int, slower: float) -> bool:
    async with town(platform_web_dir=dist) as opened:
        student = await opened.signed_in("student@here")
        base = opened.base.replace("127.0.0.1", "localhost")
        visits = {
            "an almost empty page": await _visit(f"{base}/api/status", rounds, slower),
            "the door": await _visit(f"{base}/", rounds, slower, until="#username"),
            "home, signed in": await _visit(
                f"{base}/", rounds, slower, student.token, "[data-testid=tutors]"
            ),
        }
    rows: list[tuple[object, ...]] = []
    fine = True
    for name, seen in visits.items():
        median_ms, _, worst_ms = quantiles([visit["largest_ms"] for visit in seen])
        script = max(visit["script_bytes"] for visit in seen)
        whole = max(visit["bytes"] for visit in seen)
        rows.append(
            (name, f"{script / 1000:.0f}", f"{whole / 1000:.0f}", f"{median_ms:.0f}", f"{worst_ms:.0f}")
        )
        fine = fine and script <= MAX_SCRIPT_BYTES and median_ms <= MAX_LARGEST_MS
    show(
        f"The first page, processor {slower:g}× slower, 150 ms, 1.6 Mbit/s, a phone's screen",
        ("page", "script kB", "all kB", "largest paint p50 ms", "worst ms"),
        rows,
        "at most 250 kB of script and 2,500 ms wanted; kB as they come over the wire",
    )
    return fine


def main() -> None:
    """Open the pages, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "web" / "dist")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slower", type=float, default=4.0)
    options = parser.parse_args()
    raise SystemExit(0 if asyncio.run(_measure(options.dist, options.rounds, options.slower)) else 1)
