"""Every setting of the engine, read once from the environment and `.env`.

The names are older than the code (see docs/PROTOCOL.md); new ones are marked. An `ENABLE_…` of False selects
the embedded engine of that stage; unset means the best that is available.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The engine's settings. Field names in capitals are the environment names."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", case_sensitive=False, frozen=True)

    management_api_host: str = Field("0.0.0.0", description="Address of the HTTP interface.")  # noqa: S104
    management_api_port: int = Field(9000, ge=0, le=65535, description="Port of the HTTP interface.")
    websocket_host: str = Field("0.0.0.0", description="Address of the WebSocket interface.")  # noqa: S104
    websocket_port: int = Field(9001, ge=0, le=65535, description="Port of the WebSocket interface.")
    websocket_url: str | None = Field(None, description="What `engine_url` shows to web servers.")
    engine_api_key: SecretStr | None = Field(
        None, description="New. Key of web servers; without it /v1 answers on loopback addresses only."
    )
    max_sessions: int = Field(10, ge=1, le=10_000, description="Seats of this node.")
    session_timeout_seconds: int = Field(3600, ge=5, description="A silent lesson ends after this time.")

    enable_llm: bool | None = Field(None, description="False: always the extractive tutor.")
    ollama_base_url: str = Field("http://127.0.0.1:11434", description="Ollama server.")
    openai_base_url: str | None = Field(
        None, description="New. OpenAI-compatible server (vLLM, llama.cpp, …), asked before Ollama."
    )
    openai_api_key: SecretStr | None = Field(None, description="New. Its key, when it wants one.")
    openai_model: str | None = Field(None, description="New. Its model; without it, the first it names.")
    default_llm_model: str | None = Field(None, description="Model of tutors that name none.")
    llm_temperature: float = Field(0.4, ge=0, le=2, description="Sampling temperature.")

    knowledge_database_url: SecretStr | None = Field(
        None, description="New. PostgreSQL with pgvector for the library (postgresql://…); unset: SQLite."
    )
    embed_model: str | None = Field(
        None,
        description="New. Embedding model of a server (bge-m3, …); unset: MiniLM; off: words alone.",
    )
    embedding_base_url: str | None = Field(
        None, description="New. OpenAI-compatible /embeddings; without it OPENAI_BASE_URL, else Ollama."
    )
    embedding_api_key: SecretStr | None = Field(None, description="New. Its key, when it wants one.")
    embed_question_prefix: str = Field(
        "", description="New. What the embedding model wants in front of a question (see its card)."
    )
    rerank_base_url: str | None = Field(
        None, description="New. Server with /rerank (vLLM, llama.cpp, Jina, Cohere); unset: no reranking."
    )
    rerank_model: str = Field("bge-reranker-v2-m3", description="New. Its model.")
    rerank_api_key: SecretStr | None = Field(None, description="New. Its key, when it wants one.")

    enable_asr: bool | None = Field(None, description="False: always the embedded recogniser.")
    asr_model: str = Field("base", description="Whisper size: tiny, base, small, medium, large-v3, …")
    asr_device: str = Field("auto", description="auto, cpu or cuda.")
    asr_language: str | None = Field(
        None, description="Accepted for old deployments; a tutor hears its own language."
    )

    enable_tts: bool | None = Field(None, description="False: always the embedded voice.")
    tts_voice: str = Field("zh-CN-XiaoxiaoNeural", description="Edge voice of Chinese tutors without one.")

    webrtc_public_ip: str | None = Field(None, description="Address browsers reach, if not an own one.")
    webrtc_announce: str = Field(
        "", description="New. Further addresses browsers may reach: ip[:port], comma-separated."
    )
    webrtc_port_min: int = Field(10110, ge=0, le=65535, description="UDP port of the first media worker.")
    webrtc_port_max: int = Field(10115, ge=0, le=65535, description="UDP port of the last.")
    webrtc_stun_server: str | None = Field(None, description="STUN server named to browsers.")
    webrtc_turn_server: str | None = Field(
        None,
        description="TURN named to browsers: turn:host:port?transport=tcp, turns:host, …, comma-separated.",
    )
    webrtc_turn_server_local: str | None = Field(
        None, description="How the engine reaches the TURN server, for its probe and for relay-to-relay."
    )
    webrtc_turn_username: str | None = Field(None, description="Static TURN user.")
    webrtc_turn_password: SecretStr | None = Field(None, description="Static TURN password.")
    webrtc_turn_secret: SecretStr | None = Field(None, description="Shared secret for HMAC credentials.")
    webrtc_turn_run: bool = Field(False, description="New. Run coturn here, supervised by the engine.")
    webrtc_turn_port: int = Field(3478, ge=1, le=65535, description="New. Its listener, UDP and TCP.")
    webrtc_turn_relay_min: int = Field(50000, ge=1024, le=65535, description="New. Its first relay port.")
    webrtc_turn_relay_max: int = Field(50499, ge=1024, le=65535, description="New. Its last relay port.")
    webrtc_ice_transport_policy: Literal["all", "relay"] = Field("all", description="Policy for browsers.")

    enable_avatar: bool | None = Field(None, description="False: always the puppet.")
    avatars_dir: Path | None = Field(None, description="Avatar packages; default <data>/avatars.")
    avatars_import_dir: Path | None = Field(
        None, description="New. The only folder `POST /v1/avatars` reads; default <data>/import."
    )
    musetalk_base: Path | None = Field(None, description="MuseTalk's folder, if it has the weights already.")
    musetalk_conda_env: str | None = Field(None, description="Accepted for old deployments; not used.")
    ffmpeg_path: str | None = Field(None, description="Accepted for old deployments; not used.")

    tutor_data_dir: Path = Field(Path("var"), description="New. Everything the engine keeps.")

    @property
    def models_dir(self) -> Path:
        """Installed models."""
        return self.tutor_data_dir / "models"

    @property
    def avatars_folder(self) -> Path:
        """Avatar packages."""
        return self.avatars_dir or self.tutor_data_dir / "avatars"

    @property
    def import_folder(self) -> Path:
        """Videos that web servers may name by path."""
        return self.avatars_import_dir or self.tutor_data_dir / "import"
