"""`python -m bench`: which benchmarks there are."""

from rich.console import Console

from bench.avatars.__main__ import FIGURES as AVATARS
from bench.conversation.__main__ import FIGURES as CONVERSATION
from bench.library.__main__ import FIGURES as LIBRARY
from bench.media.__main__ import FIGURES as MEDIA
from bench.platform.__main__ import FIGURES as PLATFORM

BENCHES = {
    "bench.lipsync": "sound against lips at a real peer, with negative controls",
    "bench.memory": "memory of engine and workers with one lesson, and per further lesson",
    **{f"bench.avatars {name}": what for name, what in AVATARS.items()},
    **{f"bench.conversation {name}": what for name, what in CONVERSATION.items()},
    **{f"bench.library {name}": what for name, what in LIBRARY.items()},
    **{f"bench.media {name}": what for name, what in MEDIA.items()},
    **{f"bench.platform {name}": what for name, what in PLATFORM.items()},
}

if __name__ == "__main__":
    console = Console(highlight=False)
    for name, what in BENCHES.items():
        console.print(f"uv run python -m {name}\n    {what}")
