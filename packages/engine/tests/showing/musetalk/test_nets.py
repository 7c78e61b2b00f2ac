"""The networks as they run, against the plain ones in float32."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tutor_engine.showing.musetalk.nets import (
    FaceNet,
    Networks,
    build,
    face_latents,
    position_code,
    sound_states,
)

Copies = Callable[[], Networks]
SCALE = 0.18215


@pytest.fixture(scope="module")
def inputs() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    return torch.randn(2, 8, 32, 32, generator=generator), torch.randn(2, 50, 16, generator=generator)


@torch.inference_mode()
def plain_faces(networks: Networks, latents: Tensor, sound: Tensor) -> Tensor:
    """As the authors do it: the libraries' own forward passes."""
    heard = sound + position_code(50, 16)
    unet, vae = _untyped(networks)
    drawn = unet(latents, torch.tensor([0]), encoder_hidden_states=heard).sample
    return (vae.decode(drawn / SCALE).sample / 2 + 0.5).clamp(0, 1)


def _untyped(networks: Networks) -> tuple[Any, Any]:
    """The libraries' own types know less than is true."""
    return networks.unet, networks.vae


@pytest.mark.parametrize(
    ("dtype", "relative", "levels"), [(torch.float32, 1e-5, 0.1), (torch.float16, 1e-2, 2.0)]
)
def test_the_fast_path_draws_what_the_plain_one_draws(
    pristine: Networks,
    networks: Copies,
    inputs: tuple[Tensor, Tensor],
    dtype: torch.dtype,
    relative: float,
    levels: float,
) -> None:
    plain = plain_faces(pristine, *inputs)
    assert plain.std() > 0.05, "random weights must draw something"
    net = FaceNet(networks().to(torch.device("cpu"), dtype))
    with torch.inference_mode():
        latents = inputs[0].to(dtype).contiguous(memory_format=torch.channels_last)
        fast = net(latents, inputs[1].to(dtype)).float()
    off = (fast - plain).abs() * 255
    assert (fast - plain).norm() / plain.norm() <= relative
    # In half precision one value in a thousand may be further off, where random weights amplify most.
    assert torch.quantile(off.flatten()[::7], 0.999) <= levels


def test_the_sound_changes_the_face(networks: Copies, inputs: tuple[Tensor, Tensor]) -> None:
    net = FaceNet(networks())
    with torch.inference_mode():
        faces = [net(inputs[0], sound) for sound in (inputs[1], -inputs[1])]
    assert (faces[0] - faces[1]).abs().max() > 1e-3


def test_sound_states_are_the_libraries_hidden_states(pristine: Networks) -> None:
    mel = torch.randn(1, 80, 3000, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        ours = sound_states(pristine.whisper, mel)
        theirs = torch.stack(pristine.whisper(mel, output_hidden_states=True).hidden_states, dim=2)
    assert ours.shape == (1, 1500, 5, 16)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_latents_are_the_mode_of_upper_half_and_whole(pristine: Networks) -> None:
    faces = torch.rand(2, 3, 256, 256, generator=torch.Generator().manual_seed(2))
    upper = faces.clone()
    upper[:, :, 128:] = 0
    with torch.inference_mode():
        latents = face_latents(pristine.vae, faces)
        again = face_latents(pristine.vae, faces)
        _, vae = _untyped(pristine)
        parts = [vae.encode(part * 2 - 1).latent_dist.mode() * SCALE for part in (upper, faces)]
    assert latents.shape == (2, 8, 32, 32)
    assert torch.allclose(latents, torch.cat(parts, dim=1), atol=1e-5)
    assert torch.equal(latents, again)


def test_positions_are_coded_by_sine_and_cosine() -> None:
    code = position_code(50, 384)
    assert code.shape == (50, 384)
    assert code[0, 0] == 0
    assert code[0, 1] == 1
    assert code[3, 0] == pytest.approx(0.14112, abs=1e-5)


def test_the_published_shapes_are_those_of_the_weights() -> None:
    with torch.device("meta"):
        unet, vae = _untyped(build())
    assert sum(p.numel() for p in unet.parameters()) == pytest.approx(849.9e6, rel=1e-3)
    assert len(unet.state_dict()) == 686
    assert sum(p.numel() for p in vae.parameters()) == pytest.approx(83.7e6, rel=1e-3)
    assert len(vae.state_dict()) == 248
