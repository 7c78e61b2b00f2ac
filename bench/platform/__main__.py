"""`python -m bench.platform <figure>`: one figure, beside a baseline in the same run."""

import importlib
import sys

from rich.console import Console

FIGURES = {
    "lists": "lists and searches over 100,000 lessons on PostgreSQL; one row by its key beside them",
    "gateway": "what the gateway adds to a message, 100 active and 1,000 idle sockets; a bare proxy beside",
    "load": "the first page: script, largest paint on a slow machine and network; an empty page beside it",
    "journeys": "a new student to the first answer, a new tutor with a face and a PDF: seconds and clicks",
    "fuzz": "schemathesis over every operation, as long as you like: --examples 200",
}


def main() -> None:
    """Run one figure; its own options follow its name."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in FIGURES:
        console = Console(highlight=False)
        for figure, what in FIGURES.items():
            console.print(f"python -m bench.platform {figure}\n    {what}")
        raise SystemExit(0 if name in ("", "-h", "--help") else 2)
    sys.argv = [f"python -m bench.platform {name}", *sys.argv[2:]]
    importlib.import_module(f"bench.platform.{name}").main()


if __name__ == "__main__":
    main()
