"""Finding and reading the official weights; a planted payload never runs."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tutor_engine.models import catalogue
from tutor_engine.showing.musetalk.nets import Networks
from tutor_engine.showing.musetalk.weights import (
    WeightFiles,
    WeightsBroken,
    WeightsMissing,
    find_weights,
    load_networks,
    read_tensors,
)

Copies = Callable[[], Networks]


class Payload:
    def __init__(self, flag: Path) -> None:
        self.flag = flag

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.flag),)


def config_of(network: Any) -> str:
    return json.dumps({key: value for key, value in dict(network.config).items() if _is_plain(value)})


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str | list | tuple | type(None))


def write_official(root: Path, networks: Networks) -> Path:
    """The folder of the authors' scripts: pickled tensors, the VAE under its names of 2022."""
    for name in ("musetalkV15", "sd-vae", "whisper"):
        (root / name).mkdir(parents=True)
    (root / "musetalkV15" / "musetalk.json").write_text(config_of(networks.unet))
    torch.save(networks.unet.state_dict(), root / "musetalkV15" / "unet.pth")
    (root / "sd-vae" / "config.json").write_text(config_of(networks.vae))
    old: dict[str, torch.Tensor] = {}
    for name, value in networks.vae.state_dict().items():
        if ".attentions." in name:
            for new, was in (
                ("to_q", "query"),
                ("to_k", "key"),
                ("to_v", "value"),
                ("to_out.0", "proj_attn"),
            ):
                name = name.replace(f".{new}.", f".{was}.")
        old[name] = value
    torch.save(old, root / "sd-vae" / "diffusion_pytorch_model.bin")
    (root / "whisper" / "config.json").write_text(json.dumps(networks.whisper.config.to_dict()))
    whole = {f"model.encoder.{name}": value for name, value in networks.whisper.state_dict().items()}
    torch.save({**whole, "model.decoder.some": torch.ones(2)}, root / "whisper" / "pytorch_model.bin")
    return root


def same(a: Any, b: Any) -> bool:
    theirs = b.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in a.state_dict().items())


def test_the_authors_folder_is_found_and_read(tmp_path: Path, pristine: Networks) -> None:
    write_official(tmp_path / "MuseTalk" / "models", pristine)
    for base in (tmp_path / "MuseTalk", tmp_path / "MuseTalk" / "models"):
        loaded = load_networks(find_weights(tmp_path / "none", base))
    assert same(loaded.unet, pristine.unet)
    assert same(loaded.vae, pristine.vae)
    assert same(loaded.whisper, pristine.whisper)


def test_installed_models_are_found_under_the_names_of_the_catalogue(tmp_path: Path) -> None:
    for asset in catalogue():
        if asset.name.startswith("musetalk-"):
            (tmp_path / asset.name).mkdir()
            for name in asset.installed_names:
                (tmp_path / asset.name / name).touch()
    assert find_weights(tmp_path).unet == tmp_path / "musetalk-unet" / "unet.pth"
    assert find_weights(tmp_path, tmp_path / "nowhere").vae.suffix == ".safetensors"


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="tutor-engine models install musetalk"):
        find_weights(tmp_path)
    with pytest.raises(WeightsMissing, match=r"MUSETALK_BASE=.*lacks"):
        find_weights(tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["unet.pth", "model.bin", "model.safetensors"])
def test_a_planted_payload_never_runs(tmp_path: Path, name: str) -> None:
    flag = tmp_path / "flag"
    (tmp_path / name).write_bytes(pickle.dumps({"a": Payload(flag)}, protocol=2))
    with pytest.raises(WeightsBroken):
        read_tensors(tmp_path / name)
    torch.save({"a": torch.ones(1), "b": Payload(flag)}, tmp_path / name)
    with pytest.raises(WeightsBroken):
        read_tensors(tmp_path / name)
    assert not flag.exists()


def test_other_contents_are_refused(tmp_path: Path) -> None:
    torch.save([torch.ones(1)], tmp_path / "list.pth")
    torch.save({"a": "text"}, tmp_path / "text.pth")
    save_file({"a": torch.ones(1)}, tmp_path / "good.safetensors")
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "good.safetensors").read_bytes()[:20])
    for name in ("list.pth", "text.pth", "cut.safetensors", "nothing.pth"):
        with pytest.raises(WeightsBroken):
            read_tensors(tmp_path / name)
    assert list(read_tensors(tmp_path / "good.safetensors")) == ["a"]


@pytest.mark.parametrize("damage", ["config", "shape", "json"])
def test_files_that_do_not_fit_are_refused(tmp_path: Path, pristine: Networks, damage: str) -> None:
    root = write_official(tmp_path, pristine)
    if damage == "config":
        (root / "whisper" / "config.json").write_text("{}")
    elif damage == "json":
        (root / "sd-vae" / "config.json").write_text("[1]")
    else:
        torch.save({"conv_in.weight": torch.ones(1)}, root / "musetalkV15" / "unet.pth")
    files: WeightFiles = find_weights(tmp_path / "none", root)
    with pytest.raises(WeightsBroken):
        load_networks(files)
