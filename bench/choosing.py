"""The command line of a package of benchmarks: the first word chooses the figure, the rest is its own."""

import importlib
import signal
import sys
from collections.abc import Mapping

from rich.console import Console


def run_chosen(package: str, figures: Mapping[str, str]) -> None:
    """Run the `main` of the figure's module; without one, say which there are.

    A run that is told to end leaves its blocks, so that the programs it has started end with it.
    """
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in figures:
        tell(package, figures)
        raise SystemExit(0 if name in ("", "-h", "--help") else 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    sys.argv = [f"python -m {package} {name}", *sys.argv[2:]]
    importlib.import_module(f"{package}.{name.replace('-', '_')}").main()


def tell(package: str, figures: Mapping[str, str]) -> None:
    """Print each command and what it measures."""
    console = Console(highlight=False)
    for name, what in figures.items():
        console.print(f"python -m {package} {name}\n    {what}")
