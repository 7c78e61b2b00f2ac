"""A renderer on the CPU: batches of fixed sizes give what single frames give."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tutor_engine.showing.musetalk.device import DeviceFull, Order
from tutor_engine.showing.musetalk.geometry import crop_of, cut_frames, patches_of
from tutor_engine.showing.musetalk.nets import Networks
from tutor_engine.showing.musetalk.renderer import Renderer
from tutor_engine.showing.puppet.opening import open_footage

CPU = torch.device("cpu")


@pytest.fixture
def renderer(networks: Callable[[], Networks]) -> Renderer:
    return Renderer(networks(), CPU, torch.float32, sizes=(1, 2))


@pytest.fixture
def orders(renderer: Renderer, filmed: Path) -> list[Order]:
    """Three frames of one avatar with three sounds."""
    footage = open_footage(filmed)
    pictures = footage.pictures[:3]
    cuts = cut_frames(footage.points[:3], 128, 128)
    crops = np.stack([crop_of(p, box, renderer.side) for p, box in zip(pictures, cuts.boxes, strict=True)])
    latents = renderer.latents(crops)
    assert latents.shape == renderer.latents_shape(3)
    assert np.array_equal(latents, renderer.latents(crops))
    sitter = renderer.seat(latents, cuts, patches_of(pictures, cuts))
    generator = torch.Generator().manual_seed(3)
    sounds = [torch.randn(50, 16, generator=generator) for _ in range(3)]
    return [Order(sitter, frame, sound=sound) for frame, sound in enumerate(sounds)]


def test_a_batch_gives_what_its_frames_give_alone(renderer: Renderer, orders: list[Order]) -> None:
    together = renderer.draw(orders)
    for order, drawn in zip(orders, together, strict=True):
        (alone,) = renderer.draw([order])
        assert np.abs(alone.patch.astype(int) - drawn.patch).max() <= 1


def test_a_face_can_be_laid_again(renderer: Renderer, orders: list[Order]) -> None:
    (first,) = renderer.draw(orders[:1])
    sitter = orders[0].sitter
    again, drawn, after = renderer.draw(
        [Order(sitter, 0, face=first.face), orders[1], Order(sitter, 1, after=1)]
    )
    assert np.array_equal(again.patch, first.patch)
    assert np.array_equal(after.patch, drawn.patch)
    assert renderer.draw([]) == []


def test_warming_runs_every_size_and_measures(renderer: Renderer) -> None:
    assert renderer.warm() > 0


def test_sound_is_encoded_in_one_go(renderer: Renderer) -> None:
    mels = [np.random.default_rng(k).standard_normal((80, 3000)).astype(np.float32) for k in range(2)]
    states = renderer.encode(mels)
    assert [tuple(one.shape) for one in states] == [(1500, 5, 16)] * 2
    assert not torch.equal(states[0], states[1])


def test_memory_that_runs_out_is_told_in_the_words_of_the_port(
    renderer: Renderer, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("tried to allocate 2 GiB")

    monkeypatch.setattr("tutor_engine.showing.musetalk.renderer.paste", full)
    with pytest.raises(DeviceFull, match="2 GiB"):
        renderer.draw(orders)
    renderer.release()


def test_it_says_who_it_is(networks: Callable[[], Networks]) -> None:
    one, same = Renderer(networks(), CPU, torch.float32), Renderer(networks(), CPU, torch.float32)
    other = networks()
    other.vae.encoder.conv_in.weight += 1
    assert one.words == "cpu"
    assert one.fingerprint == same.fingerprint != Renderer(other, CPU, torch.float32).fingerprint
