"""The composition root: settings in, application out. Only this file knows what is made of what."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

import tutor_platform
from tutor_platform.accounts.endpoints import router as accounts_router
from tutor_platform.accounts.joining import Joining
from tutor_platform.accounts.service import Accounts
from tutor_platform.accounts.watch import watch
from tutor_platform.analytics.endpoints import router as analytics_router
from tutor_platform.audit.endpoints import router as audit_router
from tutor_platform.avatars.endpoints import router as faces_router
from tutor_platform.avatars.gallery import LOOK_EVERY_S as FACES_EVERY_S
from tutor_platform.avatars.gallery import Gallery
from tutor_platform.classes.endpoints import router as classes_router
from tutor_platform.classes.running import classrooms
from tutor_platform.classes.wall.board import LiveWall
from tutor_platform.classes.wall.endpoints import router as wall_router
from tutor_platform.demo.seed import seed
from tutor_platform.exports import jobs as export_jobs
from tutor_platform.exports.endpoints import router as exports_router
from tutor_platform.fleet.copies import JOBS as FLEET_JOBS
from tutor_platform.fleet.copies import LOOK_EVERY_S as COPIES_EVERY_S
from tutor_platform.fleet.copies import Copies, remover
from tutor_platform.fleet.endpoints import router as operation_router
from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.fleet.service import Operation
from tutor_platform.gateway.endpoints import router as gateway_router
from tutor_platform.gateway.keeping import Keeper
from tutor_platform.gateway.lines import Lines
from tutor_platform.gateway.options import RETRY_S, LineOptions
from tutor_platform.invitations.endpoints import router as invitations_router
from tutor_platform.jobs.carriers import carrier_for
from tutor_platform.jobs.endpoints import router as jobs_router
from tutor_platform.jobs.port import Work
from tutor_platform.jobs.rounds import Rounds
from tutor_platform.jobs.schema import bring_up
from tutor_platform.jobs.worker import Worker
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.db import Database
from tutor_platform.kit.described import DescribedApp
from tutor_platform.kit.edge import Edge, add_error_handlers
from tutor_platform.kit.keeping import Keeping
from tutor_platform.kit.migrate import migrate
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.kit.tasks import end
from tutor_platform.kit.webapp import WebApp
from tutor_platform.knowledge.endpoints import router as documents_router
from tutor_platform.knowledge.library_endpoints import router as libraries_router
from tutor_platform.knowledge.shelf import LOOK_EVERY_S as LIBRARIES_EVERY_S
from tutor_platform.knowledge.shelf import Shelf
from tutor_platform.learning.endpoints import router as learning_router
from tutor_platform.learning.service import Learner
from tutor_platform.lessons.endpoints import router as lessons_router
from tutor_platform.lessons.record import LessonRecord
from tutor_platform.lessons.recordings.endpoints import router as recordings_router
from tutor_platform.lessons.service import Lessons
from tutor_platform.people.endpoints import router as people_router
from tutor_platform.quotas.endpoints import router as quotas_router
from tutor_platform.quotas.service import ceilings_of
from tutor_platform.retention import jobs as retention_jobs
from tutor_platform.retention.endpoints import router as retention_router
from tutor_platform.safety.endpoints import router as alerts_router
from tutor_platform.safety.review.endpoints import router as review_router
from tutor_platform.settings import Settings
from tutor_platform.sso.endpoints import router as sso_router
from tutor_platform.sso.outside import Outside
from tutor_platform.sso.provider import Provider
from tutor_platform.sso.sealing import Sealer, key_of
from tutor_platform.sso.service import SingleSignOn
from tutor_platform.tutors.endpoints import router as tutors_router
from tutor_platform.tutors.offers import VoiceBooth
from tutor_platform.tutors.service import Posters
from tutor_platform.tutors.workshop_endpoints import router as workshop_router

ROUTERS = (
    accounts_router,
    people_router,
    invitations_router,
    sso_router,
    audit_router,
    tutors_router,
    workshop_router,
    faces_router,
    lessons_router,
    recordings_router,
    learning_router,
    documents_router,
    libraries_router,
    classes_router,
    wall_router,
    alerts_router,
    review_router,
    analytics_router,
    gateway_router,
    quotas_router,
    retention_router,
    exports_router,
    jobs_router,
    operation_router,
)

UPLOADS = frozenset({"/files", "/file", "/api/faces", "/consent/recording"})
"""How the paths end to which files are sent, and nothing else."""

JOBS = (*retention_jobs.JOBS, *export_jobs.JOBS, *FLEET_JOBS)
"""Every kind of background work."""

NIGHTLY = (retention_jobs.NIGHT, export_jobs.TIDY)
"""Jobs of each night."""


def create_app(
    settings: Settings, *, clock: Clock = utc_now, retry_s: tuple[float, ...] = RETRY_S
) -> FastAPI:
    """The application; it opens nothing before it is started."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncGenerator[None]:
        settings.tutor_data_dir.mkdir(parents=True, exist_ok=True)
        async with _running(app, settings, clock, retry_s):
            yield

    app = DescribedApp(
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
        max_upload_bytes=settings.max_upload_bytes,
        uploads=UPLOADS,
        https=settings.platform_cookie_secure,
        request_rate_hz=settings.request_rate_hz,
        request_burst=settings.request_burst,
    )
    return app


def _operation_id(route: APIRoute) -> str:
    """`tag-function`: what the generated client calls it."""
    return f"{route.tags[0]}-{route.name}"


def _add_accounts(
    app: FastAPI, settings: Settings, database: Database, clock: Clock, outside: Outside
) -> None:
    """Every way to be somebody: passwords, invitations and class codes, other organisations."""
    key = settings.platform_secret_key.get_secret_value() or key_of(settings.tutor_data_dir)
    accounts = Accounts(database, clock, settings.sign_in_days)
    app.state.accounts = accounts
    app.state.joining = Joining()
    app.state.sso = SingleSignOn(database, accounts, Provider(outside), Sealer(key))


def _add_services(
    app: FastAPI,
    settings: Settings,
    database: Database,
    engine: Fleet,
    storage: LocalStorage,
    outside: Outside,
    clock: Clock,
) -> None:
    """What endpoints find in `app.state`."""
    app.state.database = database
    app.state.engine = engine
    app.state.storage = storage
    app.state.clock = clock
    _add_accounts(app, settings, database, clock, outside)
    app.state.operation = Operation(database, engine, storage, clock, settings.operator_tenant)
    app.state.posters = Posters(engine, storage, clock)
    app.state.voice_booth = VoiceBooth(engine)
    shelf, gallery = Shelf(database, storage, engine), Gallery(database, storage, engine)
    app.state.shelf = Keeping("shelf", shelf.compare, LIBRARIES_EVERY_S)
    app.state.gallery = Keeping("gallery", gallery.compare, FACES_EVERY_S)
    app.state.lessons = Lessons(
        database, engine, clock, settings.live_sessions_per_person, ceilings_of(settings)
    )
    app.state.wall = LiveWall(clock)


@asynccontextmanager
async def _running(
    app: FastAPI, settings: Settings, clock: Clock, retry_s: tuple[float, ...]
) -> AsyncGenerator[None]:
    """Everything that lives as long as the application, opened in order and closed in reverse."""
    database = Database(settings.database)
    addresses = [Address(http, socket) for http, socket in settings.engine_nodes]
    engine = Fleet(addresses, settings.engine_api_key.get_secret_value(), database, clock)
    engine.remove_later = remover(database)
    storage = LocalStorage(settings.tutor_data_dir)
    outside = Outside(allow_private=settings.platform_private_providers)
    try:
        await migrate(database)
        async with database.engine.begin() as connection:
            await connection.run_sync(bring_up)
        if settings.platform_demo:
            await seed(database, storage, settings.tutor_data_dir, clock)
        _add_services(app, settings, database, engine, storage, outside, clock)
        await app.state.accounts.purge()
        keeper = Keeper(database, LessonRecord(database, clock), Learner(database, clock))
        options = LineOptions(engine.socket_of, settings.socket_linger_s, retry_s, app.state.wall)
        smtp_url, address = settings.platform_smtp_url.get_secret_value(), settings.platform_public_url
        async with (
            classrooms(app, database, clock, smtp_url, address),
            asyncio.TaskGroup() as tasks,
            Lines(app.state.lessons, keeper, options) as lines,
        ):
            app.state.lines = lines
            work = Work(database, storage, engine, clock, settings)
            always = (
                app.state.shelf.run(),
                app.state.gallery.run(),
                Worker(JOBS, work, carrier_for(database, clock)).run(),
                Rounds(database, clock, NIGHTLY).run(),
                watch(app.state.accounts, lines.hang_up),
            )
            if len(engine.nodes) > 1:
                copies = Keeping("copies", Copies(database, storage, engine).compare, COPIES_EVERY_S)
                always = (*always, copies.run())
            running = [tasks.create_task(each, name=each.__qualname__) for each in always]
            yield
            await database.quiet()
            await end(running)
    finally:
        await outside.close()
        await engine.close()
        await database.close()
