"""Composition root: settings -> adapters -> engine -> servers. Only this file knows which adapter is used."""

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version

import structlog
import uvicorn

from tutor_engine import health, wiring
from tutor_engine.answering.chat import ChatOptions
from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.nearest import NearestIntent
from tutor_engine.answering.ollama import Ollama, OllamaOptions
from tutor_engine.answering.openai import OpenAICompatible
from tutor_engine.answering.port import Answerer, Retriever
from tutor_engine.answering.stage import Answering, greeting
from tutor_engine.api.application import create_application
from tutor_engine.api.listeners import bind, server_config
from tutor_engine.avatars.package import PackageBroken
from tutor_engine.avatars.store import AvatarMissing, AvatarStore, StoredAvatar
from tutor_engine.avatars.work import avatar_work
from tutor_engine.deploy.coturn import ValueRefused
from tutor_engine.deploy.running import coturn_executable, supervised_coturn
from tutor_engine.doctor.examine import Doctor, examine
from tutor_engine.doctor.ports import MEDIA_HOST
from tutor_engine.doctor.turn import check_turn_briefly
from tutor_engine.doctor.turn_watch import TurnWatch
from tutor_engine.engine import Engine, Reach
from tutor_engine.hearing.chooser import BestRecogniser
from tutor_engine.hearing.port import Recogniser
from tutor_engine.hearing.smart_turn import SmartTurn
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.hearing.stage import Hearing
from tutor_engine.hearing.vad import SileroModel, silero_path
from tutor_engine.hearing.whisper import WhisperMissing, WhisperRecogniser
from tutor_engine.jobs import JobBoard
from tutor_engine.knowledge.meaning.embed import EmbedderMissing, shared_minilm
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.library import open_library
from tutor_engine.media.turn import IceSettings
from tutor_engine.models import ModelsFolder
from tutor_engine.processes import Collector
from tutor_engine.processes.program import Program
from tutor_engine.session.audience import Audience
from tutor_engine.session.lesson import Lesson, Stages
from tutor_engine.session.library import NoLibrary
from tutor_engine.session.plane import FaceRef, Plane
from tutor_engine.session.recordings import Recordings
from tutor_engine.session.registry import LessonMaker, Registry
from tutor_engine.session.rehearsal import Rehearsals
from tutor_engine.settings import Settings
from tutor_engine.showing.revision import revision
from tutor_engine.speaking.cache import CachedVoice
from tutor_engine.speaking.edge import EdgeVoice
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.fallback import FallbackVoice
from tutor_engine.speaking.port import Voice
from tutor_engine.speaking.stage import Speaking
from tutor_engine.telemetry import configure_logs
from tutor_engine.telemetry.metrics import Metrics
from tutor_protocol import ServerEvent
from tutor_protocol.client import Id
from tutor_protocol.http import EngineStatus, SessionRequest

log = structlog.get_logger()

DEFAULT_AVATAR = "ada"


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    configure_logs()
    async with open_engine(settings) as engine:
        app = create_application(engine)
        sockets = [
            bind(settings.management_api_host, settings.management_api_port),
            bind(settings.websocket_host, settings.websocket_port),
        ]
        server = uvicorn.Server(server_config(app))
        log.info("serving", http=settings.management_api_port, websocket=settings.websocket_port)
        await server.serve(sockets=sockets)


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncGenerator[Engine]:
    """Every part of the engine, started and wired; closed in reverse order."""
    metrics, collector = Metrics(), Collector()
    models = ModelsFolder(settings.models_dir)
    async with AsyncExitStack() as stack:
        avatars = await _open_avatar_store(settings)
        plane = await stack.enter_async_context(_plane(settings, metrics))
        ice = wiring.ice_settings(settings)
        turn = await stack.enter_async_context(_turn(settings, ice, metrics))
        serving: list[Registry] = []
        knowledge = await stack.enter_async_context(
            open_library(settings, models, live=lambda: any(registry.active for registry in serving))
        )
        talk = await stack.enter_async_context(_open_talk(settings, models))
        jobs = await stack.enter_async_context(JobBoard(folder=settings.tutor_data_dir / "jobs"))

        async def find_face(avatar_id: Id | None) -> FaceRef:
            return await asyncio.to_thread(_face, avatars, avatar_id)

        async def stage_health() -> dict[str, EngineStatus]:
            return {
                **await talk.health(settings),
                "avatar": health.face_health(plane),
                "turn": turn(),
                "media": health.media_health(plane),
                "search": health.search_health(knowledge),
            }

        registry = await stack.enter_async_context(
            Registry(
                seats=settings.max_sessions,
                timeout_s=settings.session_timeout_seconds,
                make_lesson=_lessons(settings, talk.stages(metrics), knowledge),
                make_audience=lambda key, many: Audience(
                    key, plane, find_face, Recordings(talk.hearing), many=many
                ),
                on_end=collector.departed,
            )
        )
        serving.append(registry)
        rehearsals = Rehearsals(plane, find_face)
        stack.push_async_callback(rehearsals.aclose)
        engine = Engine(
            registry=registry,
            plane=plane,
            jobs=jobs,
            knowledge=knowledge,
            avatars=avatars,
            metrics=metrics,
            reach=_reach(settings, ice),
            import_folder=settings.import_folder,
            find_face=find_face,
            avatar_work=avatar_work(avatars, models.path),
            stage_health=stage_health,
            rehearsals=rehearsals,
            speaking=talk.speaking,
            doctor=Doctor(lambda: examine(wiring.doctor_options(settings))),
            heard_languages=lambda: talk.hearing.recogniser.capabilities.languages,
        )
        warming = asyncio.create_task(_warm(engine, talk, collector))
        stack.push_async_callback(_cancel, warming)
        yield engine


@dataclass(frozen=True, slots=True)
class _Talk:
    """What hears, answers and speaks, for all lessons."""

    hearing: Hearing
    answering: Answering
    speaking: Speaking
    voices: FallbackVoice

    def stages(self, metrics: Metrics) -> Stages:
        return Stages(
            hearing=self.hearing,
            answers=self.answering,
            speaking=self.speaking,
            greeting=_greet,
            on_latency=lambda stages_ms: _observe(metrics, stages_ms),
        )

    async def health(self, settings: Settings) -> dict[str, EngineStatus]:
        voice = self.voices.status()
        return {
            "llm": await health.answering_health(self.answering),
            "asr": health.hearing_health(self.hearing.recogniser.capabilities, settings.asr_model),
            "tts": EngineStatus(name=voice.name, status=voice.status, detail=voice.detail),
        }

    def warming(self) -> Sequence[Awaitable[None]]:
        """What loads everything that the first student would wait for."""
        return (
            self.hearing.recogniser.warm(),
            self.speaking.warm(None, "en"),
            self.speaking.warm(None, "zh"),
            self.answering.warm(),
        )


@asynccontextmanager
async def _open_talk(settings: Settings, models: ModelsFolder) -> AsyncGenerator[_Talk]:
    async with AsyncExitStack() as stack:
        answering = Answering(_answerers(settings), plainly=_plainly(models))
        stack.push_async_callback(answering.aclose)
        voices = _voices(settings)
        stack.push_async_callback(voices.aclose)
        recogniser = BestRecogniser(_recognisers(settings, models))
        stack.push_async_callback(recogniser.aclose)
        hearing = await asyncio.to_thread(_hearing, recogniser, models)
        yield _Talk(hearing, answering, Speaking(voices), voices)


def _lessons(settings: Settings, stages: Stages, knowledge: Knowledge) -> LessonMaker:
    """Lessons of this node, each with the library of its tutor."""

    def make(session_id: str, request: SessionRequest, emit: Callable[[ServerEvent], None]) -> Lesson:
        request = _with_defaults(request, settings)
        bases = request.bases()
        tenant = str(request.tenant_id or "")
        library: Retriever = knowledge.library(tenant, bases) if bases else NoLibrary()
        return Lesson(session_id, request, stages, library, emit)

    return make


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _warm(engine: Engine, talk: _Talk, collector: Collector) -> None:
    """Load what the first student would wait for: built-in faces, voices, recogniser, model."""
    results = await asyncio.gather(_warm_faces(engine), *talk.warming(), return_exceptions=True)
    for error in results:
        if isinstance(error, Exception):
            log.warning("not_warmed", detail=str(error))
    collector.calm()


async def _warm_faces(engine: Engine) -> None:
    for avatar in engine.avatars.list():
        if avatar.built_in:
            await engine.plane.prepare(await engine.find_face(avatar.avatar_id))


# Adapters -------------------------------------------------------------------------------------------


def _plane(settings: Settings, metrics: Metrics) -> Plane:
    return Plane(
        cache=settings.tutor_data_dir / "loops",
        models_dir=settings.models_dir,
        face_args=wiring.face_args(settings),
        media_ports=wiring.media_ports(settings),
        host=MEDIA_HOST,
        announce=wiring.announced(settings),
        relay=wiring.relay_server(settings),
        on_restart=lambda name: metrics.restarts.labels(name).inc(),
    )


@asynccontextmanager
async def _turn(
    settings: Settings, ice: IceSettings, metrics: Metrics
) -> AsyncGenerator[Callable[[], EngineStatus]]:
    """The TURN server when it runs here, and the look at whichever is configured, for `/health`."""
    options = wiring.turn_options(settings, ice)
    coturn = _coturn(settings, metrics)
    installed = coturn_executable() is not None
    async with AsyncExitStack() as stack:
        if coturn is not None:
            await stack.enter_async_context(coturn)
        watch: TurnWatch | None = None
        if options.servers or options.local:
            watch = TurnWatch(lambda: check_turn_briefly(options), time.monotonic)
            await stack.enter_async_context(watch)

        def state() -> EngineStatus:
            seen = watch.status() if watch is not None else None
            return health.turn_health(
                seen, wanted=settings.webrtc_turn_run, coturn=coturn, installed=installed
            )

        yield state


def _coturn(settings: Settings, metrics: Metrics) -> Program | None:
    """The TURN server of this node, when it is wanted and can be had."""
    executable = coturn_executable()
    if not settings.webrtc_turn_run:
        return None
    if executable is None:
        log.warning("coturn_missing", detail="WEBRTC_TURN_RUN is on; install coturn: make system")
        return None
    folder = wiring.turn_folder(settings)
    try:
        options = wiring.coturn_options(settings)
        return supervised_coturn(executable, options, folder, metrics.restarts.labels("coturn").inc)
    except ValueRefused as error:
        log.error("coturn_not_configured", detail=str(error))
        return None


def _plainly(models: ModelsFolder) -> Callable[[str], str]:
    """How a message is said in words that the rules of intent know; without the model it stays as it is."""
    with suppress(EmbedderMissing):
        if (folder := models.folder("minilm")) is not None:
            return NearestIntent(shared_minilm(folder).encode).plainly
    return lambda text: text


def _answerers(settings: Settings) -> Sequence[Answerer]:
    answerers: list[Answerer] = []
    if settings.enable_llm is not False:
        if settings.openai_base_url:
            key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
            wanted = ChatOptions(temperature=settings.llm_temperature)
            answerers.append(OpenAICompatible(settings.openai_base_url, settings.openai_model, key, wanted))
        options = OllamaOptions(temperature=settings.llm_temperature)
        answerers.append(Ollama(settings.ollama_base_url, settings.default_llm_model, options))
    return (*answerers, Extractive())


def _voices(settings: Settings) -> FallbackVoice:
    espeak = EspeakVoice()
    voices: list[Voice] = [espeak]
    if settings.enable_tts is not False:
        edge = EdgeVoice(espeak)
        cache = settings.tutor_data_dir / "speech"
        voices.insert(0, CachedVoice(edge, cache, version=version("edge-tts")))
    return FallbackVoice(voices, time.monotonic)


def _recognisers(settings: Settings, models: ModelsFolder) -> Sequence[Recogniser]:
    """Whisper hears both languages when its weights are there; else English through pocketsphinx."""
    sphinx = SphinxRecogniser()
    folder = models.folder(f"whisper-{settings.asr_model}")
    if settings.enable_asr is False or folder is None:
        return (sphinx,)
    try:
        return (WhisperRecogniser(folder, device=settings.asr_device), sphinx)
    except WhisperMissing as error:
        log.warning("whisper_unusable", detail=str(error))
        return (sphinx,)


def _hearing(recogniser: Recogniser, models: ModelsFolder) -> Hearing:
    smart_turn = models.file("smart-turn", "smart-turn-v3.2-cpu.onnx")
    judge = SmartTurn(smart_turn) if smart_turn is not None else None
    return Hearing(recogniser, SileroModel(silero_path()).detector, judge, clock=time.monotonic)


def _reach(settings: Settings, ice: IceSettings) -> Reach:
    key = settings.engine_api_key
    return Reach(
        websocket_url=settings.websocket_url or f"ws://127.0.0.1:{settings.websocket_port}",
        api_key=key.get_secret_value() if key else None,
        ice=ice,
        ice_policy=settings.webrtc_ice_transport_policy,
        public_ip=settings.webrtc_public_ip,
        port_min=settings.webrtc_port_min,
        port_max=settings.webrtc_port_max,
    )


def _greet(request: SessionRequest, headings: Sequence[str]) -> str:
    tutor = request.tutor
    return tutor.greeting or greeting(tutor.name, tutor.language, headings)


def _with_defaults(request: SessionRequest, settings: Settings) -> SessionRequest:
    """What this node chooses for a tutor that names no model (`TUTOR_{id}_LLM_MODEL`) or no voice."""
    tutor = request.tutor
    model = tutor.llm_model or os.environ.get(f"TUTOR_{request.tutor_id}_LLM_MODEL")
    voice = tutor.voice or (settings.tts_voice if tutor.language == "zh" else None)
    return request.model_copy(update={"tutor": tutor.model_copy(update={"llm_model": model, "voice": voice})})


def _observe(metrics: Metrics, stages_ms: dict[str, float]) -> None:
    for stage, value_ms in stages_ms.items():
        metrics.stage_s.labels(stage).observe(value_ms / 1000)


# Avatars --------------------------------------------------------------------------------------------


def open_avatars(settings: Settings) -> AvatarStore:
    """The avatars of this machine."""
    return AvatarStore(settings.avatars_folder)


async def _open_avatar_store(settings: Settings) -> AvatarStore:
    store = open_avatars(settings)
    mark = store.built_in / f".{revision()}"
    if not mark.exists():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tutor_engine.showing.puppet.builtin", str(store.built_in)
        )
        if await process.wait() == 0:
            await asyncio.to_thread(mark.touch)
    await asyncio.to_thread(settings.import_folder.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread(store.sweep)
    return store


def _face(store: AvatarStore, avatar_id: Id | None) -> FaceRef:
    try:
        avatar = store.get(str(avatar_id if avatar_id is not None else DEFAULT_AVATAR))
    except (AvatarMissing, PackageBroken) as error:
        log.warning("avatar_unknown", avatar=avatar_id, detail=str(error))
        avatar = store.get(DEFAULT_AVATAR)
    return FaceRef(avatar.avatar_id, avatar.package, _loop_key(avatar))


def _loop_key(avatar: StoredAvatar) -> str:
    """The idle loop depends on the package and on the code that draws it."""
    content = (avatar.package / "avatar.json").read_bytes() + revision().encode()
    return hashlib.sha256(content).hexdigest()[:32]
