"""`python -m bench.conversation <figure>`: one figure, beside a baseline in the same run."""

import importlib
import sys

from rich.console import Console

FIGURES = {
    "spoken": "end of speech → first sound and first moved lips, stage by stage; silence alone beside it",
    "typed": "typed question → first sound and first moved lips; the answer as a whole beside it",
    "share": "the engine's own share: recogniser, answerer and voice that need no time, ten lessons at once",
    "interruption": "a student interrupts by voice or button: → soft, → silence, → mouth closed",
    "backchannel": "a student says “uh huh” while the tutor speaks: the tutor goes on; “stop” stops it",
    "crowd": "ten lessons at once ask by voice and in writing: answers right, waiting",
    "recognition": "word errors and answers found, with the library's words and without",
    "endpointing": "false cut-offs and waiting, beside silence alone",
    "echo": "self-interruptions through loudspeakers, with the echo gate and without",
    "visemes": "mouth shapes from the word times of a voice, against its true phonemes",
}


def main() -> None:
    """Run one figure; its own options follow its name."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in FIGURES:
        console = Console(highlight=False)
        for figure, what in FIGURES.items():
            console.print(f"python -m bench.conversation {figure}\n    {what}")
        raise SystemExit(0 if name in ("", "-h", "--help") else 2)
    sys.argv = [f"python -m bench.conversation {name}", *sys.argv[2:]]
    importlib.import_module(f"bench.conversation.{name}").main()


if __name__ == "__main__":
    main()
