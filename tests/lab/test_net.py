"""The lab itself: it builds what it says, says what it cannot, and cleans up after a crash."""

import os
import subprocess
import sys

import pytest
from tests.lab.net import CONTAINER, PUBLIC, LabImpossible, Network, check_machine, sweep

pytestmark = pytest.mark.system


def namespaces() -> str:
    return subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=True).stdout


def test_who_may_not_make_namespaces_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabImpossible, match="run it as root"):
        check_machine()


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LabImpossible, match="`ip`: type `make system`"):
        check_machine()


def test_a_crashed_run_is_cleaned_up_by_the_next(network: Network) -> None:
    ended = subprocess.Popen(("true",))
    ended.wait()
    abandoned = f"tutorlab-{ended.pid}-dead-nat"
    subprocess.run(("ip", "netns", "add", abandoned), check=True)
    sweep()
    assert abandoned not in namespaces()
    assert network.namespace("nat") in namespaces(), "a run that goes on was swept away"


def test_nothing_is_left_of_a_network() -> None:
    with Network() as own:
        names = [own.namespace("client"), own.namespace("container")]
        assert all(name in namespaces() for name in names)
        sleeper = subprocess.Popen(own.inside("client", ("sleep", "60")))
    assert sleeper.wait(10) != 0
    assert not any(name in namespaces() for name in names)


def test_only_mapped_ports_reach_the_container(network: Network) -> None:
    """A datagram through the map arrives; beside it, and from outside unasked, none does."""
    assert echoed(network, 10115, PUBLIC)
    assert not echoed(network, 10116, PUBLIC)
    assert not echoed(network, 10115, CONTAINER)


LISTEN = """
import socket, sys
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", int(sys.argv[1])))
print(flush=True)
sock.sendto(*sock.recvfrom(9))
"""
ASK = """
import socket, sys
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.settimeout(0.5)
sock.sendto(b"?", (sys.argv[2], int(sys.argv[1])))
sock.recv(9)
"""


def echoed(network: Network, port: int, address: str) -> bool:
    """Whether a datagram of the client reaches a port of the container and comes back."""
    listen = network.inside("container", (sys.executable, "-c", LISTEN, str(port)))
    ask = network.inside("client", (sys.executable, "-c", ASK, str(port), address))
    with subprocess.Popen(listen, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        listener.stdout.readline()
        asked = subprocess.run(ask, capture_output=True, check=False)
        listener.kill()
    return asked.returncode == 0
