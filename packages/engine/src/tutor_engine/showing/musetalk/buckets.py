"""Batches of fixed sizes: what is captured once is replayed for ever, another size would be compiled anew.

Pure arithmetic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIZES = (1, 2, 4, 8)
"""Beyond eight frames a batch gains less than a twentieth and costs latency."""
_MAX_WASTE = 0.25
"""Share of a batch that may be padding: below it one larger batch beats two smaller ones."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A batch to run: `size` frames of which the items `first` to `first + used` are wanted."""

    size: int
    first: int
    used: int


def buckets(count: int, sizes: Sequence[int] = SIZES) -> Iterator[Bucket]:
    """Cut `count` items, the most urgent first, into batches of the allowed sizes.

    Raises:
        ValueError: no sizes, or none of one.
    """
    if not sizes or min(sizes) != 1:
        raise ValueError("one of the sizes must be 1")
    first = 0
    while first < count:
        left = count - first
        fitting = max(size for size in sizes if size <= left)
        larger = min((size for size in sizes if size >= left), default=fitting)
        size = larger if larger - left <= _MAX_WASTE * larger else fitting
        used = min(size, left)
        yield Bucket(size, first, used)
        first += used
