import re

from tutor_engine.models import HubSource, WheelSource, catalogue


def test_names_are_unique_and_usable_as_folders() -> None:
    names = [asset.name for asset in catalogue()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) for name in names)


def test_the_embedded_set_comes_from_wheels_with_known_hashes() -> None:
    embedded = [asset for asset in catalogue() if asset.embedded]
    assert [asset.name for asset in embedded] == ["face-detector", "face-mesh", "minilm", "smart-turn"]
    for asset in embedded:
        assert isinstance(asset.source, WheelSource)
        assert asset.hashes_known
        assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256 or "") for file in asset.files)
        assert asset.download_bytes == sum(file.size or 0 for file in asset.files)


def test_every_asset_says_what_it_is_for_and_under_which_licence() -> None:
    for asset in catalogue():
        assert asset.title
        assert asset.purpose.endswith(".")
        assert asset.licence
        assert str(asset.source)
        assert asset.download_bytes > 0


def test_hashes_that_nobody_told_us_are_called_unknown() -> None:
    hub = [asset for asset in catalogue() if isinstance(asset.source, HubSource)]
    assert {asset.name for asset in hub} >= {"whisper-tiny", "whisper-large-v3-turbo", "musetalk-unet"}
    assert not any(asset.hashes_known for asset in hub)


def test_food_for_a_conversion_is_not_installed() -> None:
    minilm = next(asset for asset in catalogue() if asset.name == "minilm")
    assert "model.safetensors" not in minilm.installed_names
    assert {"model.bin", "config.json", "vocabulary.json", "tokenizer.json"} == set(minilm.installed_names)
