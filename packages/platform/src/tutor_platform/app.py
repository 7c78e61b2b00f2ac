"""The composition root: settings in, application out. Only this file knows what is made of what."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

import tutor_platform
from tutor_platform.accounts.endpoints import router as accounts_router
from tutor_platform.accounts.service import Accounts
from tutor_platform.demo.seed import seed
from tutor_platform.gateway.endpoints import router as gateway_router
from tutor_platform.gateway.line import RETRY_S, LineOptions
from tutor_platform.gateway.lines import Lines
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.edge import Edge, add_error_handlers
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.migrate import migrate
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.kit.webapp import WebApp
from tutor_platform.knowledge.endpoints import router as documents_router
from tutor_platform.knowledge.shelf import Shelf
from tutor_platform.lessons.endpoints import router as lessons_router
from tutor_platform.lessons.record import LessonRecord
from tutor_platform.lessons.service import Lessons
from tutor_platform.settings import Settings
from tutor_platform.tutors.endpoints import router as tutors_router
from tutor_platform.tutors.service import Posters

ROUTERS = (accounts_router, tutors_router, lessons_router, documents_router, gateway_router)


def create_app(
    settings: Settings, *, clock: Clock = utc_now, retry_s: tuple[float, ...] = RETRY_S
) -> FastAPI:
    """The application; it opens nothing before it is started."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncGenerator[None]:
        settings.tutor_data_dir.mkdir(parents=True, exist_ok=True)
        async with _running(app, settings, clock, retry_s):
            yield

    app = FastAPI(
        title="Virtual Tutor platform",
        version=tutor_platform.__version__,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    add_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/", WebApp(settings.platform_web_dir))
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(
        Edge,
        allowed_origins=settings.platform_origins,
        max_body_bytes=settings.max_body_bytes,
        https=settings.platform_cookie_secure,
    )
    return app


def _operation_id(route: APIRoute) -> str:
    """`tag-function`: what the generated client calls it."""
    return f"{route.tags[0]}-{route.name}"


@asynccontextmanager
async def _running(
    app: FastAPI, settings: Settings, clock: Clock, retry_s: tuple[float, ...]
) -> AsyncGenerator[None]:
    """Everything that lives as long as the application, opened in order and closed in reverse."""
    database = Database(settings.database)
    engine = EngineClient(settings.engine_url, settings.engine_api_key.get_secret_value())
    storage = LocalStorage(settings.tutor_data_dir)
    try:
        await migrate(database)
        if settings.platform_demo:
            await seed(database, storage, settings.tutor_data_dir, clock)
        app.state.database = database
        app.state.engine = engine
        app.state.storage = storage
        app.state.accounts = Accounts(database, clock, settings.sign_in_days)
        await app.state.accounts.purge()
        app.state.posters = Posters(engine, storage, clock)
        app.state.lessons = Lessons(database, engine, clock, settings.live_sessions_per_person)
        record = LessonRecord(database, clock)
        options = LineOptions(settings.engine_socket, settings.socket_linger_s, retry_s)
        async with asyncio.TaskGroup() as tasks, Lines(app.state.lessons, record, options) as lines:
            app.state.lines = lines
            keeping = tasks.create_task(Shelf(database, storage, engine).keep(), name="libraries")
            yield
            keeping.cancel()
    finally:
        await engine.close()
        await database.close()
