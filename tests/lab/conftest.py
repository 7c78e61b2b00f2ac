"""One network and one engine for the whole lab, and programs at its places."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from bench.house import ROOT
from bench.student import MIC_RATE_HZ
from bench.voice import save_wav
from tests.lab.deployment import Deployment
from tests.lab.net import PUBLIC, LabImpossible, Network
from tests.lab.remote import Remote

Bring = Callable[..., Remote]

_users = count(1, 10)


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    impossible = ""
    with ExitStack() as stack:
        try:
            network = stack.enter_context(Network())
        except LabImpossible as reason:
            impossible = str(reason)
        else:
            yield network
    if impossible:
        # never a skip: a lab that was not built has shown nothing
        pytest.fail(impossible, pytrace=False)


@pytest.fixture(scope="session")
def deployment(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    deployment = Deployment(network=network, data=tmp_path_factory.mktemp("lab"))
    with deployment:
        deployment.wait_for_faces()
        yield deployment


@pytest.fixture
def bring(deployment: Deployment, tmp_path: Path) -> Iterator[Bring]:
    """`bring("H264", "VP8")`: students made of code; `bring(…, browser=True)`: browser pages."""
    brought: list[Remote] = []

    def start(*codecs: str, browser: bool = False) -> Remote:
        told = {
            "engine": f"http://{PUBLIC}:9000",
            "api_key": deployment.api_key,
            "first_user": next(_users),
            "codecs": codecs,
        }
        if browser:
            command = [
                "node",
                str(ROOT / "tests/lab/browser.mjs"),
                json.dumps({**told, **_browser(tmp_path)}),
            ]
        else:
            command = [sys.executable, "-m", "tests.lab.visitor", json.dumps(told)]
        # a student's computer is not the one that runs all the tests
        command = ["nice", "-n", "-10", *command]
        remote = Remote(deployment.network.inside("client", command), deployment.data / "visitors.log")
        brought.append(remote)
        return remote

    try:
        yield start
    finally:
        for remote in brought:
            remote.close()


def _browser(folder: Path) -> dict[str, str]:
    """Where Chromium is, and a microphone in which nobody speaks."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "Chromium is not installed; type: make system"
    silence = folder / "silence.wav"
    save_wav(silence, np.zeros(MIC_RATE_HZ, np.int16))
    return {"chromium": found, "wav": str(silence)}
