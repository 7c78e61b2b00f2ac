"""Batches of fixed sizes."""

import pytest

from tutor_engine.showing.musetalk.buckets import SIZES, buckets


@pytest.mark.parametrize("count", range(40))
def test_every_item_is_in_exactly_one_batch_in_order(count: int) -> None:
    cut = list(buckets(count))
    items = [item for bucket in cut for item in range(bucket.first, bucket.first + bucket.used)]
    assert items == list(range(count))
    assert all(bucket.size in SIZES and bucket.used <= bucket.size for bucket in cut)


@pytest.mark.parametrize("count", range(1, 40))
def test_at_most_a_quarter_of_a_batch_is_padding(count: int) -> None:
    assert all(bucket.size - bucket.used <= bucket.size / 4 for bucket in buckets(count))


@pytest.mark.parametrize(("count", "sizes"), [(3, [4]), (5, [4, 1]), (7, [8]), (11, [8, 4]), (16, [8, 8])])
def test_few_batches_are_better_than_none_wasted(count: int, sizes: list[int]) -> None:
    assert [bucket.size for bucket in buckets(count)] == sizes


@pytest.mark.parametrize("sizes", [(), (2, 4)])
def test_sizes_without_one_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be 1"):
        list(buckets(3, sizes))
