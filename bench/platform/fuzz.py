"""schemathesis over every operation, with as many examples as there is time for."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from packages.platform.tests.fuzz.fuzzing import fuzz

from bench.platform.town import town
from bench.tables import show


async def _run(examples: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with town() as opened:
            fuzzed = await fuzz(opened, Path(folder), examples, seed)
    if not fuzzed.ok:
        print(fuzzed.report)
    show(
        "schemathesis: positive, negative, stateful",
        ("operations", "cases", "server errors and schema violations"),
        [(fuzzed.operations, fuzzed.cases, 0 if fuzzed.ok else "see above")],
    )
    return fuzzed.ok


def main() -> None:
    """Fuzz, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    raise SystemExit(0 if asyncio.run(_run(options.examples, options.seed)) else 1)
