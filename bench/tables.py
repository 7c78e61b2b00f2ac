"""Tables for people: medians and ratios, never a single number."""

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from rich.console import Console
from rich.table import Table

console = Console(highlight=False, width=110)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *notes: str) -> None:
    """Print a table with notes, the machine and the date under it."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
    for note in notes:
        console.print(note, style="dim")
    load = os.getloadavg()[0]
    console.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M}, {machine()}, load {load:.1f}", style="dim")


def machine() -> str:
    """The processor and what it runs."""
    cores = len(_affinity())
    return f"{cores} cores of {_processor()}, {platform.system()}, Python {platform.python_version()}"


def versions(*packages: str) -> str:
    """Which versions of packages were measured."""
    return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95th percentile and maximum."""
    data = np.asarray(values, np.float64)
    return float(np.median(data)), float(np.percentile(data, 95)), float(data.max())


def _affinity() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:  # noqa: PTH123 - a kernel file, not a path of ours
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
