"""Two hundred hostile files: each refused with a reason, nothing called, nothing written, nothing left."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tutor_engine.avatars.build import AvatarRefused, build_avatar
from tutor_engine.avatars.reports import Done, Intake, Refused, Report
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.mesh import FaceModels

from .hostile import corpus
from .hostile_case import Case
from .hostile_video import large_sizes, with_a_face

_MEAN_CPU_S = 0.25
_MAX_RSS_MB = 1200
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT"}


class End(msgspec.Struct):
    """How a file ended in the ward."""

    status: int
    last: str
    cpu_s: float
    rss_mb: float


@dataclass
class Ended:
    """All files, what the ward did with them, and what was left."""

    cases: dict[str, Case]
    ends: dict[str, End]
    written: list[str]
    calls: int
    canary: str


class Ward:
    """The process in which hostile files are opened."""

    def __init__(self, folder: Path, models: FaceModels) -> None:
        self._folder, self._models = folder, models
        self.draft = folder / "draft"
        self.draft.mkdir()
        script = Path(__file__).with_name("ward.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD}, cwd=folder,
        )  # fmt: skip

    def take(self, content: bytes) -> End:
        """One file, opened and given up."""
        source = self._folder / "upload"
        source.write_bytes(content)
        intake = Intake(str(source), str(self.draft), str(self._models.detector), str(self._models.mesh))
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(intake) + b"\n")
        self._process.stdin.flush()
        end = msgspec.json.decode(self._process.stdout.readline(), type=End)
        source.unlink()
        for frame in self.draft.glob("finding-*.jpg"):
            frame.unlink()
        return end

    def __enter__(self) -> "Ward":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Where the files want to call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def ended(
    listener: socket.socket,
    face_models: FaceModels,
    head: Picture,
    sway: Callable[[Picture, int], Iterator[Picture]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Ended:
    folder = tmp_path_factory.mktemp("ward")
    canary = folder.parent / "canary"
    canary.write_text("alive")
    cases = corpus(f"http://127.0.0.1:{listener.getsockname()[1]}")
    cases |= with_a_face([np.asarray(picture) for picture in sway(head, 50)])
    with Ward(folder, face_models) as ward:
        ends = {name: ward.take(each.make()) for name, each in cases.items()}
    calls = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            break
        calls += 1
    written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    return Ended(cases, ends, written, calls, canary.read_text())


def test_the_corpus_is_large(ended: Ended) -> None:
    assert len(ended.cases) >= 200


def test_every_file_is_refused_with_a_reason(ended: Ended) -> None:
    wrong: list[str] = []
    for name, end in ended.ends.items():
        if os.WIFSIGNALED(end.status):
            wrong.append(f"{name}: killed by signal {os.WTERMSIG(end.status)}")
            continue
        report = msgspec.json.decode(end.last, type=Report) if end.last else None
        if not isinstance(report, Refused) or not report.findings:
            wrong.append(f"{name}: {end.last[:80]}")
            continue
        finding = report.findings[0]
        reasons = ended.cases[name].reasons
        if reasons and finding.code not in reasons:
            wrong.append(f"{name}: {finding.code}, not {sorted(reasons)}")
        assert finding.sentence("en").isascii()
        assert not finding.sentence("zh").isascii()
    assert wrong == []


def test_the_machine_is_as_it_was(ended: Ended) -> None:
    assert ended.calls == 0
    assert ended.canary == "alive"
    assert ended.written == ["draft"], "no avatar.json, no file beside the frames that show what is wrong"


def test_they_cost_little(ended: Ended) -> None:
    spent = {name: end.cpu_s for name, end in ended.ends.items()}
    assert sum(spent.values()) < _MEAN_CPU_S * len(spent), sorted(spent.items(), key=lambda each: -each[1])[
        :5
    ]
    memory = {name: end.rss_mb for name, end in ended.ends.items()}
    assert max(memory.values()) < _MAX_RSS_MB, sorted(memory.items(), key=lambda each: -each[1])[:5]


def test_an_honest_clip_passes_the_same_ward(
    head: Picture,
    sway: Callable[[Picture, int], Iterator[Picture]],
    clip: Callable[..., Path],
    face_models: FaceModels,
    tmp_path: Path,
) -> None:
    with Ward(tmp_path, face_models) as ward:
        end = ward.take(clip(sway(head, 84)).read_bytes())
    assert isinstance(msgspec.json.decode(end.last, type=Report), Done), end
    assert (ward.draft / "avatar.json").exists()


@pytest.mark.parametrize("name", large_sizes())
def test_what_is_too_large_is_not_read(
    name: str, store: AvatarStore, face_models: FaceModels, tmp_path: Path
) -> None:
    head, size = large_sizes()[name]
    path = tmp_path / "upload"
    path.write_bytes(head)
    os.truncate(path, size)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock
    with pytest.raises(AvatarRefused) as refused:
        build_avatar(path, "large", store, face_models, lambda _: None)
    assert [finding.code for finding in refused.value.findings] == ["too_large"]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock - before < 400_000
    assert store.list() == []


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "link"])
def test_what_is_no_file_is_not_opened(
    kind: str, store: AvatarStore, face_models: FaceModels, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "/etc/passwd")
    with pytest.raises(AvatarRefused) as refused:
        build_avatar(path, "odd", store, face_models, lambda _: None)
    assert [finding.code for finding in refused.value.findings] == ["unreadable"]
    assert list(store.drafts.iterdir()) == []
