"""A network of its own for a test: the way of a lesson through a NAT and a Docker port map.

    client 192.168.1.2 -- NAT 203.0.113.77 ~~ 203.0.113.10 Docker host -- container 172.18.0.2

Four network namespaces with unique names, made by root with `ip netns` and iptables, removed when the block
ends, and those of a run that crashed when the next one begins. Nothing outside the namespaces is touched.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

Place = Literal["client", "nat", "host", "container"]

PUBLIC = "203.0.113.10"
"""The Docker host, as everybody outside knows it (RFC 5737)."""
NAT_OUTSIDE = "203.0.113.77"
CONTAINER = "172.18.0.2"
CONTAINER_GATEWAY = "172.18.0.1"
MAPPED_UDP = "10110:10115"
MAPPED_TCP = (9000, 9001)

_PREFIX = "tutorlab"
_PLACES: tuple[Place, ...] = ("client", "nat", "host", "container")
_COMMAND_S = 20


class LabImpossible(RuntimeError):
    """This machine or this user cannot have network namespaces; the text says what is missing."""


def _call(*command: str, given: str | None = None) -> str:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, timeout=_COMMAND_S
    )
    if done.returncode:
        raise LabImpossible(
            f"The network lab cannot be built here: `{' '.join(command)}` says {done.stderr.strip()!r}. "
            "It needs root and a kernel with network namespaces, veth pairs and iptables."
        )
    return done.stdout


def check_machine() -> None:
    """Say what is missing, if anything is.

    Raises:
        LabImpossible: see there.
    """
    if os.geteuid() != 0:
        raise LabImpossible("The network lab makes network namespaces, which only root may: run it as root.")
    for program in ("ip", "iptables"):
        if shutil.which(program) is None:
            raise LabImpossible(f"The network lab needs the program `{program}`: type `make system`.")


def _remove(namespace: str) -> None:
    """Remove a namespace of ours and what still runs in it."""
    listed = subprocess.run(("ip", "netns", "pids", namespace), capture_output=True, text=True, check=False)
    for pid in listed.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(("ip", "netns", "delete", namespace), capture_output=True, check=False)


def sweep() -> None:
    """Remove the namespaces of runs whose process is gone."""
    for line in _call("ip", "netns", "list").splitlines():
        namespace = line.split()[0] if line.strip() else ""
        prefix, _, rest = namespace.partition("-")
        pid = rest.partition("-")[0]
        if prefix == _PREFIX and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            _remove(namespace)


class Network:
    """`with Network() as network`: built when entered, gone afterwards."""

    def __init__(self) -> None:
        self._run = f"{_PREFIX}-{os.getpid()}-{secrets.token_hex(2)}"
        self._zone = 0

    def __enter__(self) -> "Network":
        check_machine()
        sweep()
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove every namespace and what still runs in it. Idempotent."""
        for place in _PLACES:
            _remove(self.namespace(place))

    def namespace(self, place: Place) -> str:
        """Name of a place's namespace."""
        return f"{self._run}-{place}"

    def inside(self, place: Place, command: Sequence[str]) -> list[str]:
        """The command that runs `command` at a place."""
        return ["ip", "netns", "exec", self.namespace(place), *command]

    # What happens to networks ------------------------------------------------------------------------

    @contextmanager
    def lossy(self, percent: float) -> Generator[None]:
        """Lose so many of the UDP packets in each direction, by chance.

        A rule of the firewall, because not every kernel has netem.
        """
        chance = (
            "-m",
            "statistic",
            "--mode",
            "random",
            "--probability",
            f"{percent / 100:.4f}",
            "-j",
            "DROP",
        )
        with (
            self._rule("host", "FORWARD", "-i", "outside", "-p", "udp", *chance),
            self._rule("host", "FORWARD", "-o", "outside", "-p", "udp", *chance),
        ):
            yield

    def rebind(self) -> None:
        """The NAT forgets every UDP connection, as a home router does; TCP connections stay.

        UDP packets are tracked in another zone from now on, where none is known yet.
        """
        former, self._zone = self._zone, self._zone + 1
        zone = ("PREROUTING", "-p", "udp", "-j", "CT", "--zone")
        if former:
            self._iptables("nat", "-t", "raw", "-R", zone[0], "1", *zone[1:], str(self._zone))
        else:
            self._iptables("nat", "-t", "raw", "-A", *zone, str(self._zone))

    def move_client(self) -> None:
        """The client leaves its cable for another network: another link, another address."""
        self._ip("client", "link", "set", "cable", "down")
        self._ip("client", "link", "set", "wifi", "up")
        self._ip("client", "route", "add", "default", "via", "192.168.2.1")

    def return_client(self) -> None:
        """The client takes its cable again."""
        self._ip("client", "link", "set", "wifi", "down")
        self._ip("client", "link", "set", "cable", "up")
        self._ip("client", "route", "add", "default", "via", "192.168.1.1")

    @contextmanager
    def udp_blocked_at_client(self) -> Generator[None]:
        """The client's network lets no UDP through, as in many schools and companies."""
        with self._rule("nat", "FORWARD", "-p", "udp", "-j", "DROP"):
            yield

    @contextmanager
    def port_map_missing(self) -> Generator[None]:
        """No mapped UDP port lets anything in."""
        with self._rule("host", "FORWARD", "-p", "udp", "--dport", MAPPED_UDP, "-j", "DROP"):
            yield

    @contextmanager
    def replies_lost(self) -> Generator[None]:
        """What comes in arrives, what goes out does not: an egress firewall."""
        with self._rule("host", "FORWARD", "-p", "udp", "--sport", MAPPED_UDP, "-j", "DROP"):
            yield

    @contextmanager
    def tcp_mapped(self, port: int) -> Generator[None]:
        """One more TCP port is mapped to the container."""
        rule = ("PREROUTING", "-i", "outside", "-p", "tcp", "--dport", str(port), "-j", "DNAT")
        target = ("--to-destination", CONTAINER)
        self._iptables("host", "-t", "nat", "-I", *rule, *target)
        try:
            with self._rule(
                "host", "FORWARD", "-i", "outside", "-p", "tcp", "--dport", str(port), "-j", "ACCEPT"
            ):
                yield
        finally:
            self._iptables("host", "-t", "nat", "-D", *rule, *target)

    # Construction ------------------------------------------------------------------------------------

    def _build(self) -> None:
        for place in _PLACES:
            _call("ip", "netns", "add", self.namespace(place))
            self._ip(place, "link", "set", "lo", "up")
        self._link("container", "inside", "host", "docker0")
        self._link("host", "outside", "nat", "outside")
        self._link("nat", "cable", "client", "cable")
        self._link("nat", "wifi", "client", "wifi")
        self._address("container", "inside", f"{CONTAINER}/16")
        self._address("host", "docker0", f"{CONTAINER_GATEWAY}/16")
        self._address("host", "outside", f"{PUBLIC}/24")
        self._address("nat", "outside", f"{NAT_OUTSIDE}/24")
        self._address("nat", "cable", "192.168.1.1/24")
        self._address("nat", "wifi", "192.168.2.1/24")
        self._address("client", "cable", "192.168.1.2/24")
        self._address("client", "wifi", "192.168.2.2/24", up=False)
        self._ip("container", "route", "add", "default", "via", CONTAINER_GATEWAY)
        self._ip("client", "route", "add", "default", "via", "192.168.1.1")
        self._map_ports()
        self._translate()

    def _link(self, place: Place, name: str, other: Place, other_name: str) -> None:
        _call(
            "ip", "link", "add", name, "netns", self.namespace(place),
            "type", "veth", "peer", "name", other_name, "netns", self.namespace(other),
        )  # fmt: skip

    def _address(self, place: Place, link: str, address: str, *, up: bool = True) -> None:
        self._ip(place, "address", "add", address, "dev", link)
        if up:
            self._ip(place, "link", "set", link, "up")

    def _map_ports(self) -> None:
        """What `docker run -p 10110-10115:10110-10115/udp -p 9000-9001:9000-9001` does on the host."""
        self._forward("host")
        incoming = ("-i", "outside", "-p")
        for protocol, ports in (("udp", MAPPED_UDP), *(("tcp", str(port)) for port in MAPPED_TCP)):
            self._iptables(
                "host", "-t", "nat", "-A", "PREROUTING", *incoming, protocol, "--dport", ports,
                "-j", "DNAT", "--to-destination", CONTAINER,
            )  # fmt: skip
            self._iptables("host", "-A", "FORWARD", *incoming, protocol, "--dport", ports, "-j", "ACCEPT")
        self._iptables("host", "-A", "FORWARD", "-i", "docker0", "-o", "outside", "-j", "ACCEPT")
        self._iptables(
            "host",
            "-t",
            "nat",
            "-A",
            "POSTROUTING",
            "-s",
            "172.18.0.0/16",
            "-o",
            "outside",
            "-j",
            "MASQUERADE",
        )

    def _translate(self) -> None:
        """A NAT that gives every connection a random port and lets nothing in unasked."""
        self._forward("nat")
        for link in ("cable", "wifi"):
            self._iptables("nat", "-A", "FORWARD", "-i", link, "-j", "ACCEPT")
        self._iptables(
            "nat", "-t", "nat", "-A", "POSTROUTING", "-o", "outside", "-j", "MASQUERADE", "--random-fully"
        )
        self._iptables("nat", "-A", "INPUT", "-i", "outside", "-j", "DROP")

    def _forward(self, place: Place) -> None:
        _call(*self.inside(place, ("tee", "/proc/sys/net/ipv4/ip_forward")), given="1")
        self._iptables(place, "-P", "FORWARD", "DROP")
        self._iptables(
            place, "-A", "FORWARD", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"
        )

    @contextmanager
    def _rule(self, place: Place, chain: str, *rule: str) -> Generator[None]:
        """A firewall rule before all others."""
        self._iptables(place, "-I", chain, *rule)
        try:
            yield
        finally:
            self._iptables(place, "-D", chain, *rule)

    def _ip(self, place: Place, *arguments: str) -> None:
        _call("ip", "-n", self.namespace(place), *arguments)

    def _iptables(self, place: Place, *arguments: str) -> None:
        _call(*self.inside(place, ("iptables", "-w", "10", *arguments)))
