"""`python -m bench`: which benchmarks there are."""

from rich.console import Console

from bench.media.__main__ import FIGURES

BENCHES = {
    "bench.latency": "end of speech → first sound; typed question → first frame; frames per second",
    "bench.lipsync": "sound against lips at a real peer, with negative controls",
    "bench.memory": "memory of engine and workers with one lesson, and per further lesson",
    "bench.conversation.recognition": "word errors and answers found, with the library's words and without",
    "bench.conversation.endpointing": "false cut-offs and waiting, beside silence alone",
    "bench.conversation.echo": "self-interruptions through loudspeakers, with the echo gate and without",
    **{f"bench.media {name}": what for name, what in FIGURES.items()},
}

if __name__ == "__main__":
    console = Console(highlight=False)
    for name, what in BENCHES.items():
        console.print(f"uv run python -m {name}\n    {what}")
