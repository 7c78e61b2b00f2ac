"""The settings of the platform: one typed tree, read once, from the environment and `.env`."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every field's environment variable is the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    platform_host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    platform_port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    platform_web_dir: Path = Field(default=Path("web/dist"), description="The built web app.")
    platform_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Other origins whose pages may call this server, comma-separated (a development server).",
    )
    platform_cookie_secure: bool = Field(
        default=False,
        description="Send cookies over HTTPS only; set it wherever the platform is served by HTTPS.",
    )
    platform_demo: bool = Field(default=True, description="Make a demo tenant when the database is empty.")
    platform_log_level: Literal["debug", "info", "warning", "error"] = "info"
    platform_trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses whose X-Forwarded-For is believed, comma-separated."
    )
    platform_smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Mail server for urgent alerts: smtp[s]://name:password@host:port?from=address.",
    )
    platform_public_url: str = Field(
        default="",
        description="Where browsers find the platform (https://tutor.example.org); empty: as asked for.",
    )
    platform_secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Encrypts stored secrets; the same for every copy. Empty: a file in the data folder.",
    )
    platform_private_providers: bool = Field(
        default=False,
        description="Let schools name sign-in providers at private addresses and without HTTPS.",
    )
    request_rate_hz: float = Field(
        default=100.0, gt=0, description="Requests per second of one browser; ten times that of one address."
    )
    request_burst: int = Field(default=500, ge=1, description="Requests of one browser at once.")
    tutor_data_dir: Path = Field(
        default=Path("var"), description="Folder of the database, documents and caches."
    )
    database_url: SecretStr = Field(
        default=SecretStr(""), description="PostgreSQL address; empty: SQLite in the data folder."
    )

    engine_url: str = Field(
        default="http://127.0.0.1:9000",
        description="Where the engine's HTTP interface is; several nodes, comma-separated.",
    )
    engine_ws_url: str = Field(
        default="",
        description="Where the engine's sockets are, in the order of ENGINE_URL; empty: at ENGINE_URL.",
    )
    engine_api_key: SecretStr = Field(default=SecretStr(""), description="The engine's ENGINE_API_KEY.")

    sign_in_days: int = Field(default=14, ge=1, le=90, description="How long a browser stays signed in.")
    live_sessions_per_person: int = Field(
        default=2,
        ge=1,
        le=10,
        description="Engine seats one person may hold; opening another gives the oldest back.",
    )
    socket_rate_hz: float = Field(default=20.0, gt=0, description="Messages per second a browser may send.")
    socket_burst: int = Field(default=60, ge=1, description="Messages a browser may send at once.")
    socket_linger_s: float = Field(
        default=20.0, ge=0, description="How long an answer is still recorded after the browser has gone."
    )
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024, description="Largest HTTP request body.")
    max_upload_bytes: int = Field(
        default=208 * 1024 * 1024,
        ge=1024,
        description="Largest file that can be uploaded; a video of a face.",
    )

    tenant_lessons_at_once: int = Field(
        default=0, ge=0, description="Lessons one school may have at once; 0: as many as there are seats."
    )
    tenant_minutes_per_month: int = Field(
        default=0, ge=0, description="Minutes of lessons one school may have in a month; 0: no limit."
    )
    tenant_avatar_builds_per_month: int = Field(
        default=0, ge=0, description="Faces one school may have made in a month; 0: no limit."
    )
    tenant_storage_mb: int = Field(
        default=0, ge=0, description="Megabytes of files one school may store; 0: no limit."
    )
    operator_tenant: str = Field(
        default="",
        description="Name of the school whose administrators also run the servers; empty: the only one.",
    )
    export_days: int = Field(default=7, ge=1, le=90, description="How long an export can be fetched.")

    @field_validator("platform_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("engine_url", "engine_ws_url", "platform_public_url")
    @classmethod
    def _bare(cls, value: str) -> str:
        return ",".join(part.strip().rstrip("/") for part in value.split(",") if part.strip())

    @property
    def database(self) -> str:
        """The database's address."""
        given = self.database_url.get_secret_value()
        return given or f"sqlite:///{self.tutor_data_dir.resolve() / 'platform.db'}"

    @property
    def engine_socket(self) -> str:
        """The address before `/ws/…` of the first node."""
        return self.engine_nodes[0][1]

    @property
    def engine_nodes(self) -> tuple[tuple[str, str], ...]:
        """Each node's HTTP address and its address before `/ws/…`."""
        urls = self.engine_url.split(",")
        given = self.engine_ws_url.split(",") if self.engine_ws_url else []
        return tuple((url, given[at] if at < len(given) else _socket_at(url)) for at, url in enumerate(urls))


def _socket_at(url: str) -> str:
    scheme, *rest = urlsplit(url)
    return urlunsplit(("wss" if scheme == "https" else "ws", *rest))
