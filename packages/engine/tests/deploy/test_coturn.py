"""turnserver.conf: what it promises, and that a real coturn takes every word of it."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from packages.engine.tests.doctor.conftest import free_ports

from tutor_engine.deploy.coturn import (
    Certificate,
    CoturnOptions,
    SharedSecret,
    StaticUser,
    Supervision,
    ValueRefused,
    render_coturn,
)
from tutor_engine.deploy.files import write_private

OPTIONS = CoturnOptions(access=SharedSecret("s3cret"), media_addresses=["172.18.0.2"])


def settings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_whole_file() -> None:
    assert settings(render_coturn(OPTIONS)) == [
        "listening-port=3478",
        "min-port=50000",
        "max-port=50499",
        "no-tls",
        "no-dtls",
        "realm=tutor",
        "fingerprint",
        "stale-nonce=600",
        "use-auth-secret",
        "static-auth-secret=s3cret",
        "denied-peer-ip=0.0.0.0-255.255.255.255",
        "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "allowed-peer-ip=172.18.0.2",
        "no-multicast-peers",
        "no-tcp-relay",
        "total-quota=500",
        "user-quota=4",
        "max-allocate-lifetime=120",
        "no-cli",
        "no-software-attribute",
    ]


def test_loopback_peers_are_never_allowed() -> None:
    assert "allow-loopback-peers" not in render_coturn(OPTIONS)


def test_a_public_address_stands_before_the_local_one() -> None:
    text = render_coturn(replace(OPTIONS, external=("203.0.113.10", "172.18.0.2")))
    assert "external-ip=203.0.113.10/172.18.0.2" in settings(text)


def test_one_user_for_everybody_has_no_quota_of_its_own() -> None:
    lines = settings(render_coturn(replace(OPTIONS, access=StaticUser("tutor", "pass:word#1"))))
    assert "lt-cred-mech" in lines
    assert "user=tutor:pass:word#1" in lines
    assert not any(line.startswith(("user-quota", "use-auth-secret", "static-auth")) for line in lines)


def test_a_certificate_opens_the_port_of_tls() -> None:
    lines = settings(render_coturn(replace(OPTIONS, certificate=Certificate("/c.pem", "/k.pem", 443))))
    assert {"tls-listening-port=443", "cert=/c.pem", "pkey=/k.pem"} <= set(lines)
    assert "no-tls" not in lines


@pytest.mark.parametrize(
    "changes",
    [
        {"access": SharedSecret("line\nallow-loopback-peers")},
        {"access": SharedSecret('"quoted"')},
        {"access": SharedSecret("")},
        {"access": StaticUser("a", " b")},
        {"media_addresses": []},
        {"media_addresses": ["tutor.example"]},
        {"relay_min": 2, "relay_max": 1},
        {"external": ("tutor.example", "10.0.0.1")},
    ],
)
def test_what_would_not_survive_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueRefused) as refused:
        render_coturn(replace(OPTIONS, **changes))  # pyright: ignore[reportArgumentType]
    assert "quoted" not in str(refused.value)


@pytest.mark.parametrize("access", [SharedSecret("s3cret"), StaticUser("tutor", "word")])
def test_a_real_coturn_takes_every_word(access: SharedSecret | StaticUser, tmp_path: Path) -> None:
    first, last = free_ports(3)
    options = replace(
        OPTIONS,
        access=access,
        port=free_ports(1)[0],
        relay_min=first,
        relay_max=last,
        external=("203.0.113.10", "127.0.0.1"),
        media_addresses=["127.0.0.1", "fd00::1"],
        supervision=Supervision(str(tmp_path / "pid"), str(tmp_path / "db")),
    )
    file = tmp_path / "turnserver.conf"
    write_private(file, render_coturn(options))
    with subprocess.Popen(["turnserver", "-c", str(file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line.strip())
            if "SQLite DB connection success" in line or "Total General servers" in line:
                process.terminate()
    text = "\n".join(said)
    assert "White listing: 127.0.0.1" in text
    assert "Default realm: tutor" in text
    assert not re.search(r"CONFIG ERROR|Bad configuration|ERROR", text), text
