"""The engine's command line: serve, doctor, settings, models, avatar. Every failure says what to do next."""

import asyncio
import shutil
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from tutor_engine import __version__
from tutor_engine.models.cli import models_app
from tutor_engine.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Live lessons: hear, answer, speak, show.")
avatar_app = typer.Typer(no_args_is_help=True, help="Faces made from photos and videos.")
app.add_typer(models_app, name="models")
app.add_typer(avatar_app, name="avatar")
console = Console(highlight=False)

EXIT_SETTINGS = 2
EXIT_REFUSED = 3

_SYSTEM_PROGRAMS = (
    ("turnserver", "coturn", "TURN for browsers whose network blocks UDP; lessons work without it"),
    ("chromium", "chromium", "browser tests only"),
    ("ffmpeg", "ffmpeg", "some benchmarks only; avatars are built without it"),
    ("flite", "flite", "recorded students in benchmarks and browser tests only"),
    ("pg_ctl", "postgresql", "PostgreSQL tests only; SQLite is the default"),
)


def read_settings() -> Settings:
    """The settings, or a clear end of the program."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue] - every field has a default
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"]).upper()
            console.print(f"[red]{name}[/red]: {problem['msg']}. See: tutor-engine settings")
        raise typer.Exit(EXIT_SETTINGS) from error


@app.command()
def serve() -> None:
    """Serve lessons until stopped."""
    from tutor_engine.app import serve as serve_engine

    asyncio.run(serve_engine(read_settings()))


@app.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


@app.command()
def settings() -> None:
    """Print every setting with its environment name, its present value and its meaning."""
    current = read_settings()
    table = Table(box=None, pad_edge=False)
    for column in ("environment", "value", "meaning"):
        table.add_column(column)
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        table.add_row(name.upper(), "" if value is None else str(value), field.description or "")
    console.print(table)


@app.command()
def doctor() -> None:
    """Say what is there, what is missing, and how to get it."""
    from tutor_engine.models import ModelsFolder, catalogue

    current = read_settings()
    table = Table(box=None, pad_edge=False)
    for column in ("what", "state", "what to do"):
        table.add_column(column)
    for program, package, purpose in _SYSTEM_PROGRAMS:
        found = shutil.which(program) or any(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
        todo = purpose if found else f"make system  ({purpose})"
        table.add_row(package, "there" if found else "missing", todo)
    folder = ModelsFolder(current.models_dir)
    for asset in catalogue():
        if asset.embedded:
            state = folder.state(asset, hashes=False)
            todo = "" if state.status == "installed" else f"tutor-engine models install {asset.name}"
            table.add_row(asset.name, state.status, todo)
    for port in (current.management_api_port, current.websocket_port):
        table.add_row(f"TCP {port}", *_port_state(socket.SOCK_STREAM, port))
    table.add_row(f"UDP {current.webrtc_port_min}", *_port_state(socket.SOCK_DGRAM, current.webrtc_port_min))
    console.print(table)


def _port_state(kind: socket.SocketKind, port: int) -> tuple[str, str]:
    with socket.socket(type=kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return "in use", "by a running engine? else stop that program or choose another port"
    return "free", ""


@avatar_app.command("build")
def avatar_build(
    file: Annotated[Path, typer.Argument(help="Photo (png, jpg, webp) or video (mp4, mov, webm, mkv).")],
    avatar_id: Annotated[str, typer.Option("--id", help="Name of the avatar.")],
) -> None:
    """Make a face from a photo or a short video."""
    from tutor_engine.app import build_avatar_file

    refused = build_avatar_file(read_settings(), file, avatar_id, console)
    if refused:
        for sentence in refused:
            console.print(f"[red]{sentence}[/red]")
        raise typer.Exit(EXIT_REFUSED)
    console.print(f"Ready. Use it as avatar_id [bold]{avatar_id}[/bold].")


@avatar_app.command("list")
def avatar_list() -> None:
    """List the faces of this machine."""
    from tutor_engine.app import open_avatars

    for avatar in open_avatars(read_settings()).list():
        console.print(f"{avatar.avatar_id}  {avatar.manifest.kind}  {avatar.manifest.source}")


def main() -> None:
    """Entry point."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
