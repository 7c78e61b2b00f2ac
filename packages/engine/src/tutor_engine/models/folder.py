"""The folder where installed models live: `<data>/models/<asset>/<file>`, and what state it is in.

An asset folder appears whole or not at all. Its `installed.json` records what was installed, so that files
whose hash nobody publishes, and files we made by conversion, can be verified later.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from tutor_engine.models.catalogue import Asset, catalogue

RECORD = "installed.json"


class FileRecord(msgspec.Struct, frozen=True):
    """One installed file."""

    name: str
    sha256: str
    size: int


class InstallRecord(msgspec.Struct, frozen=True):
    """Content of `installed.json`."""

    asset: str
    source: str
    files: list[FileRecord]


@dataclass(frozen=True, slots=True)
class AssetState:
    """What is true of one asset on this machine."""

    asset: Asset
    status: Literal["installed", "missing", "incomplete", "damaged"]
    line: str
    """One sentence for the operator."""


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class ModelsFolder:
    """Finds installed model files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "ModelsFolder":
        """The folder below `TUTOR_DATA_DIR`, by default `./var`."""
        return cls(Path(environment.get("TUTOR_DATA_DIR") or "var") / "models")

    def folder(self, asset: str) -> Path | None:
        """Folder of an asset when it is installed."""
        folder = self.path / asset
        return folder if (folder / RECORD).is_file() else None

    def file(self, asset: str, name: str) -> Path | None:
        """Path of an installed file."""
        folder = self.folder(asset)
        return folder / name if folder is not None and (folder / name).is_file() else None

    def record(self, asset: str) -> InstallRecord | None:
        """What was written down when the asset was installed."""
        try:
            return msgspec.json.decode((self.path / asset / RECORD).read_bytes(), type=InstallRecord)
        except (OSError, msgspec.MsgspecError):
            return None

    def state(self, asset: Asset, *, hashes: bool) -> AssetState:
        """Whether an asset is usable; with `hashes`, every byte is read."""
        record = self.record(asset.name)
        if record is None:
            there = (self.path / asset.name).exists()
            remedy = f"tutor-engine models install {asset.name}"
            line = f"{asset.title} is not installed: {asset.purpose} Install: {remedy}"
            return AssetState(asset, "incomplete" if there else "missing", line)
        known = {file.name: file.sha256 for file in asset.files if file.kept and file.sha256}
        recorded = {file.name: file for file in record.files}
        for name in asset.installed_names:
            path = self.path / asset.name / name
            entry = recorded.get(name)
            if entry is None or not path.is_file():
                return _broken(asset, "incomplete", f"{name} is missing")
            if path.stat().st_size != entry.size:
                return _broken(asset, "damaged", f"{name} has another size than when it was installed")
            if hashes and hash_file(path) != known.get(name, entry.sha256):
                return _broken(asset, "damaged", f"{name} has another SHA-256 than expected")
        return AssetState(asset, "installed", f"{asset.title} is installed.")


def _broken(asset: Asset, status: Literal["incomplete", "damaged"], reason: str) -> AssetState:
    remedy = f"tutor-engine models install {asset.name}"
    return AssetState(asset, status, f"{asset.title}: {reason}. Install again: {remedy}")


def verify(folder: Path) -> list[AssetState]:
    """State of every asset of the catalogue, with all hashes computed."""
    models = ModelsFolder(folder)
    return [models.state(asset, hashes=True) for asset in catalogue()]
