"""Where the official weights are, and reading them: only tensors, never objects.

Two places: the models that `tutor-engine models install musetalk` put down, or a folder laid out as the
authors' scripts do (`MUSETALK_BASE`). Finding costs a few looks at the disk; torch is needed only to read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from tutor_engine.showing.musetalk.nets import Networks

_INSTALLED = ("musetalk-unet", "musetalk-vae", "musetalk-whisper")
_OLD_NAMES = (("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0"))
"""The published VAE calls its attention as the library did in 2022."""


class WeightsMissing(Exception):
    """No complete set of weights; the message says what to do."""


class WeightsBroken(Exception):
    """A file is not what its name says."""


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """Configuration and weights of each network."""

    unet_config: Path
    unet: Path
    vae_config: Path
    vae: Path
    whisper_config: Path
    whisper: Path


def find_weights(models: Path, base: Path | None = None) -> WeightFiles:
    """The files, those below `base` first.

    Raises:
        WeightsMissing: neither place has all of them.
    """
    remedy = "tutor-engine models install musetalk"
    if base is not None:
        for root in (base / "models", base):
            found = _official(root)
            if found is not None:
                return found
        remedy = f"MUSETALK_BASE={base} lacks files of musetalkV15, sd-vae or whisper; {remedy}"
    installed = _installed(models)
    if installed is None:
        raise WeightsMissing(f"weights are not installed: {remedy}")
    return installed


def _installed(models: Path) -> WeightFiles | None:
    unet, vae, whisper = (models / name for name in _INSTALLED)
    return _whole(
        WeightFiles(
            unet / "musetalk.json",
            unet / "unet.pth",
            vae / "config.json",
            vae / "diffusion_pytorch_model.safetensors",
            whisper / "config.json",
            whisper / "model.safetensors",
        )
    )


def _official(root: Path) -> WeightFiles | None:
    for vae in (root / "sd-vae", root / "sd-vae-ft-mse"):
        for suffix in ("safetensors", "bin"):
            for whisper in ("model.safetensors", "pytorch_model.bin"):
                found = _whole(
                    WeightFiles(
                        root / "musetalkV15" / "musetalk.json",
                        root / "musetalkV15" / "unet.pth",
                        vae / "config.json",
                        vae / f"diffusion_pytorch_model.{suffix}",
                        root / "whisper" / "config.json",
                        root / "whisper" / whisper,
                    )
                )
                if found is not None:
                    return found
    return None


def _whole(files: WeightFiles) -> WeightFiles | None:
    paths = (files.unet_config, files.unet, files.vae_config, files.vae, files.whisper_config, files.whisper)
    return files if all(path.is_file() for path in paths) else None


def load_networks(files: WeightFiles) -> "Networks":
    """The plain networks with their weights, on the CPU.

    Raises:
        WeightsBroken: a file cannot be read, or does not fit its network.
    """
    from tutor_engine.showing.musetalk.nets import build

    try:
        networks = build(_json(files.unet_config), _json(files.vae_config), _json(files.whisper_config))
        networks.unet.load_state_dict(read_tensors(files.unet))
        networks.vae.load_state_dict(_renewed(read_tensors(files.vae)))
        networks.whisper.load_state_dict(_encoder(read_tensors(files.whisper)))
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise WeightsBroken(f"{type(error).__name__}: {str(error)[:300]}") from error
    return networks


def read_tensors(path: Path) -> "dict[str, Tensor]":
    """The tensors of a file, by name; a pickle that would make anything else is refused.

    Raises:
        WeightsBroken: no such file of tensors.
    """
    import pickle

    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise WeightsBroken(f"{path}: {str(error).splitlines()[0]}") from error
    if not isinstance(loaded, dict) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        raise WeightsBroken(f"{path}: holds something else than tensors by name")
    return {str(name): value for name, value in loaded.items()}


def _renewed(tensors: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """The VAE's attention under its present names and in its present shape."""
    made: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if ".attentions." in name:
            for old, new in _OLD_NAMES:
                name = name.replace(f".{old}.", f".{new}.")
            if name.endswith("weight") and value.dim() == 4:
                value = value[:, :, 0, 0]
        made[name] = value
    return made


def _encoder(tensors: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """The encoder's part of a whole Whisper."""
    return {
        name.split("encoder.", 1)[1]: value
        for name, value in tensors.items()
        if name.startswith(("model.encoder.", "encoder."))
    }


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WeightsBroken(f"{path}: {error}") from error
    if not isinstance(read, dict):
        raise WeightsBroken(f"{path}: no configuration")
    return read
