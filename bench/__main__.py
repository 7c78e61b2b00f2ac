"""`python -m bench`: which benchmarks there are."""

from rich.console import Console

from bench.media.__main__ import FIGURES

BENCHES = {
    "bench.latency": "end of speech → first sound; typed question → first frame; frames per second",
    "bench.lipsync": "sound against lips at a real peer, with negative controls",
    "bench.memory": "memory of engine and workers with one lesson, and per further lesson",
    **{f"bench.media {name}": what for name, what in FIGURES.items()},
}

if __name__ == "__main__":
    console = Console(highlight=False)
    for name, what in BENCHES.items():
        console.print(f"uv run python -m {name}\n    {what}")
