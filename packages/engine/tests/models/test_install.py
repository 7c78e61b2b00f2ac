import hashlib
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tutor_engine.models import (
    Asset,
    ConversionFailed,
    FileMismatch,
    HubSource,
    ModelFile,
    ModelsFolder,
    SourceUnreachable,
    StorageFailed,
    UnknownAsset,
    UrlSource,
    WheelSource,
    install,
)
from tutor_engine.models.folder import InstallRecord
from tutor_engine.models.install import find, install_asset

if TYPE_CHECKING:
    from conftest import WebServer

CONTENT = b"weights" * 100_000


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel_asset(**changes: object) -> Asset:
    asset = Asset(
        name="thing",
        title="A thing",
        purpose="Nothing works without it.",
        licence="MIT",
        source=WheelSource("things", "1", "py3-none-any"),
        files=(ModelFile("thing.bin", "things/thing.bin", sha(CONTENT), len(CONTENT)),),
    )
    return replace(asset, **changes)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def environ(web: "WebServer") -> dict[str, str]:
    web.add_wheel("things", "things-1-py3-none-any.whl", {"things/thing.bin": CONTENT})
    return {"UV_DEFAULT_INDEX": f"{web.url}/simple", "HF_ENDPOINT": web.url}


def test_install_puts_the_file_in_place_and_reports_progress(tmp_path: Path, environ: dict[str, str]) -> None:
    seen: list[tuple[int, int]] = []
    path = install_asset(wheel_asset(), tmp_path, lambda *at: seen.append(at), environment=environ)
    assert path == tmp_path / "thing"
    assert (path / "thing.bin").read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    record = ModelsFolder(tmp_path).record("thing")
    assert record is not None
    assert [(file.name, file.sha256, file.size) for file in record.files] == [
        ("thing.bin", sha(CONTENT), len(CONTENT))
    ]
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != ".thing.lock"] == ["thing"]


def test_what_is_installed_is_left_alone(tmp_path: Path, environ: dict[str, str], web: "WebServer") -> None:
    install_asset(wheel_asset(), tmp_path, environment=environ)
    asked = len(web.requests)
    install_asset(wheel_asset(), tmp_path, environment=environ)
    assert len(web.requests) == asked


def test_a_broken_installation_is_replaced(tmp_path: Path, environ: dict[str, str]) -> None:
    file = install_asset(wheel_asset(), tmp_path, environment=environ) / "thing.bin"
    file.write_bytes(b"short")
    install_asset(wheel_asset(), tmp_path, environment=environ)
    assert file.read_bytes() == CONTENT


def test_two_at_once_fetch_once(tmp_path: Path, environ: dict[str, str], web: "WebServer") -> None:
    install_asset(wheel_asset(), tmp_path / "alone", environment=environ)
    alone = len(web.requests)
    web.requests.clear()
    threads = [
        threading.Thread(
            target=install_asset, args=(wheel_asset(), tmp_path / "x"), kwargs={"environment": environ}
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(web.requests) == alone
    assert (tmp_path / "x/thing/thing.bin").read_bytes() == CONTENT


def test_a_wrong_hash_installs_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    asset = wheel_asset(files=(ModelFile("thing.bin", "things/thing.bin", "0" * 64),))
    with pytest.raises(FileMismatch, match="nothing was installed"):
        install_asset(asset, tmp_path, environment=environ)
    assert ModelsFolder(tmp_path).folder("thing") is None
    assert not list(tmp_path.glob(".thing.?*[!k]"))


def test_an_unknown_hash_is_recorded(tmp_path: Path, environ: dict[str, str], web: "WebServer") -> None:
    web.pages["/org/repo/resolve/main/model.bin"] = ("application/octet-stream", CONTENT)
    asset = wheel_asset(source=HubSource("org/repo"), files=(ModelFile("model.bin", "model.bin"),))
    path = install_asset(asset, tmp_path, environment=environ)
    record = msgspec.json.decode((path / "installed.json").read_bytes(), type=InstallRecord)
    assert record.files[0].sha256 == sha(CONTENT)
    assert ModelsFolder(tmp_path).state(asset, hashes=True).status == "installed"
    (path / "model.bin").write_bytes(b"X" + CONTENT[1:])
    assert ModelsFolder(tmp_path).state(asset, hashes=False).status == "installed"
    assert ModelsFolder(tmp_path).state(asset, hashes=True).status == "damaged"


def test_a_plain_address(tmp_path: Path, web: "WebServer") -> None:
    web.pages["/dir/x.bin"] = ("application/octet-stream", CONTENT)
    web.pages["/dir/empty.bin"] = ("application/octet-stream", b"")
    asset = wheel_asset(source=UrlSource(f"{web.url}/dir/"), files=(ModelFile("x.bin", "x.bin"),))
    assert (install_asset(asset, tmp_path, environment={}) / "x.bin").read_bytes() == CONTENT
    empty = replace(asset, name="empty", files=(ModelFile("empty.bin", "empty.bin"),))
    with pytest.raises(SourceUnreachable, match="came empty"):
        install_asset(empty, tmp_path, environment={})


def test_a_conversion_of_something_else_fails_in_a_sentence(tmp_path: Path, web: "WebServer") -> None:
    names = ("model.safetensors", "bert_config.json", "tokenizer.json")
    for name in names:
        web.pages[f"/{name}"] = ("application/octet-stream", b"{}")
    asset = wheel_asset(
        source=UrlSource(web.url),
        files=tuple(ModelFile(name, name) for name in names),
        conversion="minilm-ctranslate2",
    )
    with pytest.raises(ConversionFailed, match="could not be converted"):
        install_asset(asset, tmp_path, environment={})


def test_a_folder_that_cannot_be_written(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="cannot be written"):
        install_asset(wheel_asset(), tmp_path / "file" / "models", environment=environ)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownAsset, match="face-mesh"):
        install("nonsense", tmp_path)
    assert find("minilm").embedded
