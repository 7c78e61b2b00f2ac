"""What the settings mean for how this node is reached: addresses, TURN, deployed files, the doctor.

Shared by `app.py` and `cli.py`, so that both speak of the same node. Imports no adapter and starts nothing.
"""

import ipaddress
import secrets
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from tutor_engine.deploy.coturn import Certificate, CoturnOptions, SharedSecret, StaticUser
from tutor_engine.deploy.files import kept_secret
from tutor_engine.deploy.frp import FrpOptions
from tutor_engine.deploy.running import PID_FILE, coturn_executable
from tutor_engine.doctor.address import own_address
from tutor_engine.doctor.examine import DoctorOptions
from tutor_engine.doctor.ports import MEDIA_HOST
from tutor_engine.doctor.supplies import EDGE_URL
from tutor_engine.doctor.turn import TurnOptions
from tutor_engine.media.addresses import local_addresses
from tutor_engine.media.messages import RelayServer
from tutor_engine.media.turn import IceSettings, TurnUrl, addresses, turn_credentials
from tutor_engine.settings import Settings

LESSONS_PER_WORKER = 40
"""Live lessons one media worker carries with its packets on time (measured)."""

# Media -----------------------------------------------------------------------------------------------


def media_ports(settings: Settings) -> list[int]:
    """UDP ports of the media workers that the seats need; as many as the range allows."""
    first, last = settings.webrtc_port_min, settings.webrtc_port_max
    if first == 0:
        return [0]
    workers = 1 + (settings.max_sessions - 1) // LESSONS_PER_WORKER
    return [first + k for k in range(max(1, min(workers, last - first + 1)))]


def announced(settings: Settings) -> list[str]:
    """Addresses browsers are told, best first; empty: each worker tells all local ones.

    With TURN the local address is told beside the public one: a relay in the same network reaches the media
    worker there, without a way out of the router and back in.
    """
    public, further = settings.webrtc_public_ip, addresses(settings.webrtc_announce)
    if public is None and not further:
        return []
    if public is None:
        home = [host for host, _ in local_addresses([MEDIA_HOST], 1)]
        return list(dict.fromkeys([*home, *further]))
    beside = media_addresses(settings) if uses_turn(settings) else []
    return list(dict.fromkeys([public, *further, *beside]))


def media_addresses(settings: Settings) -> list[str]:
    """Where a relay in this network reaches the media workers."""
    if settings.webrtc_public_ip is not None:
        own = own_address()
        return [own] if own is not None else []
    found = [host for host, _ in local_addresses([MEDIA_HOST], 1)]
    return [host for host in found if not ipaddress.ip_address(host).is_loopback]


# TURN ------------------------------------------------------------------------------------------------


def relay_server(settings: Settings) -> RelayServer | None:
    """The engine's own end of a relay-to-relay layout: policy `relay`, static user, WEBRTC_TURN_SERVER_LOCAL.

    None in every other layout: there the browser's relay reaches the media worker itself, at half the ports.
    """
    user, local = _static_user(settings), addresses(settings.webrtc_turn_server_local)
    if settings.webrtc_ice_transport_policy != "relay" or user is None or not local:
        return None
    return RelayServer(local[0], user.name, user.password)


def uses_turn(settings: Settings) -> bool:
    """Whether browsers are told of a TURN server."""
    return bool(addresses(settings.webrtc_turn_server)) or runs_coturn(settings)


def runs_coturn(settings: Settings) -> bool:
    """Whether coturn is wanted here, and installed."""
    return settings.webrtc_turn_run and coturn_executable() is not None


def ice_settings(settings: Settings) -> IceSettings:
    """The STUN and TURN servers browsers are told, with what their credentials are made of."""
    turn = settings.webrtc_turn_server
    if not turn and runs_coturn(settings):
        host = settings.webrtc_public_ip or own_address() or "127.0.0.1"
        udp = TurnUrl("turn", host, settings.webrtc_turn_port, "udp")
        turn = f"{udp},{replace(udp, transport='tcp')}"
    secret = settings.webrtc_turn_secret.get_secret_value() if settings.webrtc_turn_secret else None
    user = _static_user(settings)
    if secret is None and user is None and turn:
        secret = _kept_turn_secret(settings, make=runs_coturn(settings))
    return IceSettings(
        stun=settings.webrtc_stun_server,
        turn=turn,
        username=user.name if user else None,
        password=user.password if user else None,
        secret=secret,
    )


def coturn_options(
    settings: Settings, certificate: Certificate | None = None, *, relays_public: bool = False
) -> CoturnOptions:
    """How coturn is to be configured for this node; makes and keeps a secret when none is configured.

    `relays_public`: relays are told under the public address, for layouts where the other side is relayed as
    well. Here the media worker is beside the relay and the local address is the true one; under the public
    one a browser no longer recognises its own relay in the pair it uses.
    """
    public, own = settings.webrtc_public_ip, own_address()
    external = (public, own) if relays_public and public and own and public != own else None
    return CoturnOptions(
        access=_turn_access(settings),
        media_addresses=media_addresses(settings),
        port=settings.webrtc_turn_port,
        relay_min=settings.webrtc_turn_relay_min,
        relay_max=settings.webrtc_turn_relay_max,
        external=external,
        certificate=certificate,
    )


def _turn_access(settings: Settings) -> SharedSecret | StaticUser:
    if settings.webrtc_turn_secret is not None:
        return SharedSecret(settings.webrtc_turn_secret.get_secret_value())
    return _static_user(settings) or SharedSecret(kept_secret(turn_secret_file(settings)))


def _static_user(settings: Settings) -> StaticUser | None:
    name, password = settings.webrtc_turn_username, settings.webrtc_turn_password
    return StaticUser(name, password.get_secret_value()) if name and password else None


def turn_folder(settings: Settings) -> Path:
    """Where the coturn that runs here keeps its files."""
    return settings.tutor_data_dir / "turn"


def turn_secret_file(settings: Settings) -> Path:
    """The secret of TURN credentials when WEBRTC_TURN_SECRET names none."""
    return turn_folder(settings) / "secret"


def _kept_turn_secret(settings: Settings, *, make: bool) -> str | None:
    file = turn_secret_file(settings)
    return kept_secret(file) if make or file.exists() else None


def turn_options(settings: Settings, ice: IceSettings) -> TurnOptions:
    """What the doctor looks at in TURN."""
    local = addresses(settings.webrtc_turn_server_local)
    if not local and runs_coturn(settings):
        own = own_address() or "127.0.0.1"
        local = [str(TurnUrl("turn", own, settings.webrtc_turn_port, "udp"))]
    hosts = media_addresses(settings)
    hosts += [settings.webrtc_public_ip] if settings.webrtc_public_ip else []
    ranges = [(settings.webrtc_port_min, settings.webrtc_port_max)]
    if settings.webrtc_turn_run or "webrtc_turn_relay_max" in settings.model_fields_set:
        ranges.append((settings.webrtc_turn_relay_min, settings.webrtc_turn_relay_max))
    # a user of its own, so that the quota of no student is used up
    user = f"doctor-{secrets.token_hex(4)}"
    return TurnOptions(
        servers=addresses(ice.turn),
        local=local,
        credentials=lambda: turn_credentials(ice, user, time.time()),
        hmac=ice.secret is not None,
        media=[(host, media_ports(settings)[0]) for host in dict.fromkeys(hosts)],
        public_ip=settings.webrtc_public_ip,
        relay_only=settings.webrtc_ice_transport_policy == "relay",
        relay_ranges=ranges,
        seats=settings.max_sessions,
        now_s=time.time,
    )


# Files and diagnosis -----------------------------------------------------------------------------------


def frp_options(settings: Settings, server: str, token: str) -> FrpOptions:
    """The tunnel of this node's two control ports."""
    return FrpOptions(
        server=server,
        token=token,
        http_port=settings.management_api_port,
        websocket_port=settings.websocket_port,
        media_port_min=settings.webrtc_port_min,
        media_port_max=settings.webrtc_port_max,
    )


def doctor_options(settings: Settings) -> DoctorOptions:
    """What the doctor looks at."""
    edge = settings.enable_tts is not False
    elsewhere = [] if _is_here(settings.ollama_base_url) else [settings.ollama_base_url]
    return DoctorOptions(
        http=(settings.management_api_host, settings.management_api_port),
        websocket=(settings.websocket_host, settings.websocket_port),
        media_ports=media_ports(settings),
        port_range=(settings.webrtc_port_min, settings.webrtc_port_max),
        seats=settings.max_sessions,
        lessons_per_worker=LESSONS_PER_WORKER,
        public_ip=settings.webrtc_public_ip,
        announce=settings.webrtc_announce,
        stun=settings.webrtc_stun_server,
        turn=turn_options(settings, ice_settings(settings)),
        turn_run=settings.webrtc_turn_run,
        turn_port=settings.webrtc_turn_port,
        turn_pid_file=turn_folder(settings) / PID_FILE,
        clock_servers=[*elsewhere, *([EDGE_URL] if edge else [])],
        ollama_url=settings.ollama_base_url,
        ollama_model=settings.default_llm_model,
        llm=settings.enable_llm,
        edge_voices=edge,
        models_dir=settings.models_dir,
        whisper=settings.asr_model,
        data_dir=settings.tutor_data_dir,
    )


def face_args(settings: Settings) -> list[str]:
    """What the face worker is told of the operator's wishes."""
    args = ["--only-puppet"] if settings.enable_avatar is False else []
    if settings.musetalk_base is not None:
        args += ["--musetalk-base", str(settings.musetalk_base)]
    return args


def _is_here(url: str) -> bool:
    """Whether a server is on this machine, and so has the same clock."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1", own_address()) or host.startswith("127.")
