"""`python -m bench.library <figure>`: one figure, beside a baseline in the same run."""

import importlib
import sys

from rich.console import Console

FIGURES = {
    "quality": "what is found, answered and refused on question sets, beside words or vectors alone",
    "sets": "makes the question sets of `quality` from the Python and Debian documentation",
    "queries": "one question to 10,000 and 100,000 passages, beside a plain FTS5 query and brute force",
    "embedding": "passages embedded per second of a core, beside one at a time",
    "canaries": "20 tenants ask for each other's secrets, in both stores",
    "injection": "orders in documents: obeyed by the embedded tutor, and by a model with and without guards",
    "ingest": "a PDF of 300 pages: read and searchable, in processor time; pdfium's plain text beside it",
}


def main() -> None:
    """Run one figure; its own options follow its name."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in FIGURES:
        console = Console(highlight=False)
        for figure, what in FIGURES.items():
            console.print(f"python -m bench.library {figure}\n    {what}")
        raise SystemExit(0 if name in ("", "-h", "--help") else 2)
    sys.argv = [f"python -m bench.library {name}", *sys.argv[2:]]
    importlib.import_module(f"bench.library.{name}").main()


if __name__ == "__main__":
    main()
