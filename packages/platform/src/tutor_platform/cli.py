"""The command line: serve, migrate, seed, openapi, admin. Every failure says what to do next.

Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tutor_platform.admin import admin

if TYPE_CHECKING:
    from tutor_platform.kit.db import Database

app = typer.Typer(
    name="tutor-platform", no_args_is_help=True, add_completion=False, help="The web server of Virtual Tutor."
)
app.add_typer(admin, name="admin")

MAX_SOCKET_BYTES = 4 * 1024 * 1024 + 64 * 1024
"""The protocol's largest message and a little more, so that it is the protocol that refuses."""
GRACE_S = 5
MAX_CONNECTIONS = 2_000


@app.command()
def serve() -> None:
    """Bring the database up to date and serve the platform; settings come from the environment and .env.

    It is one process: the live wall, the news of open pages and each person's line to the engine are in its
    memory.
    """
    import uvicorn

    from tutor_platform.app import create_app
    from tutor_platform.kit.log import configure
    from tutor_platform.settings import Settings

    settings = Settings()
    configure(settings.platform_log_level)
    _check_workers(os.environ.get("WEB_CONCURRENCY", ""))
    _check_port(settings.platform_host, settings.platform_port)
    uvicorn.run(
        create_app(settings),
        host=settings.platform_host,
        port=settings.platform_port,
        log_config=None,
        # The access log would print socket tokens; the edge writes its own line per request.
        access_log=False,
        log_level=settings.platform_log_level,
        server_header=False,
        ws_max_size=MAX_SOCKET_BYTES,
        ws_max_queue=16,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
        forwarded_allow_ips=settings.platform_trusted_proxies,
    )


@app.command(name="migrate")
def migrate_command(
    revision: Annotated[str, typer.Argument(help="Where to go; `base` removes everything.")] = "head",
) -> None:
    """Bring the database to a revision."""

    async def run() -> None:
        from tutor_platform.kit.migrate import migrate

        async with _database() as database:
            await migrate(database, revision)

    asyncio.run(run())
    typer.echo(f"The database is at {revision}.")


@app.command(name="seed")
def seed_command(
    new_passwords: Annotated[
        bool, typer.Option("--new-passwords", help="Give the demo accounts fresh passwords.")
    ] = False,
) -> None:
    """Make the demo tenant if the database is empty, and print its accounts."""
    from tutor_platform.demo.seed import accounts_file, read_accounts
    from tutor_platform.kit.log import configure
    from tutor_platform.settings import Settings

    settings = Settings()
    configure(settings.platform_log_level)
    asyncio.run(_seed(new_passwords))
    accounts = read_accounts(settings.tutor_data_dir)
    if not accounts:
        typer.echo(
            f"{accounts_file(settings.tutor_data_dir)} is gone, and passwords are stored nowhere else. "
            "Run `tutor-platform seed --new-passwords` to make new ones.",
            err=True,
        )
        raise typer.Exit(1)
    for account in accounts:
        typer.echo(f"{account['username']:<10} {account['password']:<20} {account['role']}")


@app.command()
def openapi() -> None:
    """Print the OpenAPI description of the HTTP interface."""
    from tutor_platform.app import create_app
    from tutor_platform.settings import Settings

    typer.echo(json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False, sort_keys=True))


async def _seed(new_passwords: bool) -> None:
    from tutor_platform.demo import seed
    from tutor_platform.kit.clock import utc_now
    from tutor_platform.kit.migrate import migrate
    from tutor_platform.kit.storage import LocalStorage
    from tutor_platform.settings import Settings

    settings = Settings()
    async with _database() as database:
        await migrate(database)
        await seed.seed(database, LocalStorage(settings.tutor_data_dir), settings.tutor_data_dir, utc_now)
        if new_passwords:
            await seed.new_passwords(database, settings.tutor_data_dir)


@asynccontextmanager
async def _database() -> AsyncGenerator["Database"]:
    from tutor_platform.kit.db import Database
    from tutor_platform.settings import Settings

    settings = Settings()
    settings.tutor_data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        yield database
    finally:
        await database.close()


def _check_workers(wanted: str) -> None:
    """Refuse to be several processes, of which each would show teachers only a part of the lessons."""
    if wanted.strip() not in ("", "1"):
        typer.echo(
            f"WEB_CONCURRENCY is {wanted}, but the platform is one process: the live wall and the news of "
            "open pages are in its memory. Unset it; one process serves a thousand open pages.",
            err=True,
        )
        raise typer.Exit(2)


def _check_port(host: str, port: int) -> None:
    """Say plainly that the port is taken, before the database is touched."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            typer.echo(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what uses it or set PLATFORM_PORT.",
                err=True,
            )
            raise typer.Exit(1) from error


def main() -> None:
    """Entry point of `tutor-platform`."""
    # What is written here is private: a database, documents, passwords.
    os.umask(0o077)
    app()
