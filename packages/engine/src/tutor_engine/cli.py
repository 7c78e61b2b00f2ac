"""The engine's command line: serve, doctor, settings, models, avatar, deploy.

Every failure says what to do next. Exit codes: 1 the doctor found an error, 2 settings, 3 refused.
"""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tutor_engine import __version__
from tutor_engine.avatars.cli import avatar_app
from tutor_engine.doctor.words import Language
from tutor_engine.knowledge.cli import knowledge_app
from tutor_engine.models.cli import models_app
from tutor_engine.settings import Settings
from tutor_engine.telemetry import configure_logs

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Live lessons: hear, answer, speak, show.")
deploy_app = typer.Typer(no_args_is_help=True, help="Files for the programs beside the engine.")
app.add_typer(models_app, name="models")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(deploy_app, name="deploy")
app.add_typer(avatar_app, name="avatar")
console = Console(highlight=False)

EXIT_ERROR = 1
EXIT_SETTINGS = 2
EXIT_REFUSED = 3

_PRINT = Path("-")
_TURNSERVER_CONF = Path("deploy/coturn/turnserver.conf")
_FRP_FOLDER = Path("deploy/frp")


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
    # A second BLAS thread spins while it waits: comparing vectors took five times as long beside lessons.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, for programs.")] = False,
    language: Annotated[
        Language | None, typer.Option(help="Language of the report; by default that of LC_ALL or LANG.")
    ] = None,
) -> None:
    """Say what is there, what is wrong, and what mends it. Exit code 1 when something is an error."""
    from tutor_engine.doctor.console import language_of, print_report
    from tutor_engine.doctor.examine import examine
    from tutor_engine.doctor.findings import report
    from tutor_engine.doctor.words import render, whole
    from tutor_engine.wiring import doctor_options

    configure_logs("ERROR")
    spoken = language or language_of(os.environ)
    try:
        options = doctor_options(read_settings())
    except OSError as error:
        file, detail = str(error.filename), error.strerror or str(error)
        _refuse(render(whole.NOT_THE_USER, {"file": file, "detail": detail}, spoken))
    told = report(asyncio.run(examine(options)), spoken)
    if as_json:
        console.print_json(told.model_dump_json())
    else:
        print_report(told, console, spoken)
    if told.status == "error":
        raise typer.Exit(EXIT_ERROR)


@deploy_app.command("coturn")
def deploy_coturn(
    out: Annotated[Path, typer.Option(help="File to write, mode 600; - prints it.")] = _TURNSERVER_CONF,
    cert: Annotated[Path | None, typer.Option(help="Certificate (PEM) for turns:, with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    external_ip: Annotated[
        bool, typer.Option("--external-ip", help="Tell relays under WEBRTC_PUBLIC_IP (relay on both sides).")
    ] = False,
) -> None:
    """Write turnserver.conf for coturn, from the settings."""
    from tutor_engine.deploy.coturn import Certificate, ValueRefused, render_coturn
    from tutor_engine.wiring import coturn_options, turn_secret_file

    current = read_settings()
    certificate = Certificate(str(cert.resolve()), str(key.resolve())) if cert and key else None
    try:
        text = render_coturn(coturn_options(current, certificate, relays_public=external_ip))
    except ValueRefused as error:
        _refuse(str(error))
    _deliver(out, text)
    if out != _PRINT:
        host = current.webrtc_public_ip or "HOST"
        urls = f"turn:{host}:{current.webrtc_turn_port}?transport=udp"
        console.print(f"Start it:  turnserver -c {out}", markup=False, soft_wrap=True)
        both = f"{urls},{urls.removesuffix('udp')}tcp"
        console.print(f"Tell browsers:  WEBRTC_TURN_SERVER={both}", markup=False, soft_wrap=True)
        if current.webrtc_turn_secret is None and current.webrtc_turn_username is None:
            kept = f"The secret is kept in {turn_secret_file(current)}; the engine of that folder uses it."
            console.print(kept, markup=False, soft_wrap=True)


@deploy_app.command("frp")
def deploy_frp(
    server: Annotated[str, typer.Argument(help="Name or address of the platform's host, where frps runs.")],
    out: Annotated[Path, typer.Option(help="Folder for frpc.toml and frps.toml, mode 600.")] = _FRP_FOLDER,
    token: Annotated[
        str | None, typer.Option(envvar="FRP_TOKEN", help="Token of the tunnel; made and kept when absent.")
    ] = None,
    server_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of frps.")] = 7000,
    ca: Annotated[str | None, typer.Option(help="Certificate authority of frps (PEM), for frpc.")] = None,
) -> None:
    """Write frpc.toml and frps.toml for the two control ports, from the settings."""
    from tutor_engine.deploy.files import kept_secret
    from tutor_engine.deploy.frp import render_frpc, render_frps
    from tutor_engine.wiring import frp_options

    current = read_settings()
    secret = token or kept_secret(current.tutor_data_dir / "frp-token")
    options = replace(frp_options(current, server, secret), server_port=server_port, trusted_ca=ca)
    _deliver(out / "frpc.toml", render_frpc(options))
    _deliver(out / "frps.toml", render_frps(options))
    console.print("frpc.toml stays here (frpc -c …); frps.toml goes to the platform's host (frps -c …).")


def _deliver(out: Path, text: str) -> None:
    """Write a file that holds a secret, or print it because that was asked for."""
    from tutor_engine.deploy.files import write_private

    if out == _PRINT:
        console.print(text, end="", markup=False, soft_wrap=True)
        return
    try:
        write_private(out, text)
    except OSError as error:
        _refuse(f"{out} cannot be written: {error.strerror}")
    console.print(f"{out} is written; only you can read it.", markup=False, soft_wrap=True)


def _refuse(sentence: str) -> NoReturn:
    console.print(f"[red]{escape(sentence)}[/red]")
    raise typer.Exit(EXIT_REFUSED)


def main() -> None:
    """Entry point."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
