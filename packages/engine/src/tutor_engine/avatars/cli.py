"""`tutor-engine avatar`: faces made of files, taken over from the official MuseTalk, judged."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from tutor_engine.avatars.store import AvatarStore
    from tutor_engine.settings import Settings
    from tutor_engine.showing.engines import FaceEngines
    from tutor_engine.showing.gates import Report
    from tutor_engine.showing.port import Speech
    from tutor_engine.showing.puppet.mesh import FaceMesh

avatar_app = typer.Typer(no_args_is_help=True, help="Faces made from photos and videos.")
console = Console(highlight=False)

_EXIT_ERROR = 1
_EXIT_REFUSED = 3
_LINES = (
    "My mother bought a big map of the moon, and Bob put it above the piano.",
    "We moved far beyond the blue bay, and people hoped to keep a calm boat.",
)
"""What `check` has an avatar say: closures, open vowels, rounded and spread lips."""

AvatarId = Annotated[str, typer.Option("--id", help="Name of the avatar.")]


@avatar_app.command("build")
def build(
    file: Annotated[Path, typer.Argument(help="Photo (png, jpg, webp) or video (mp4, mov, webm, mkv).")],
    avatar_id: AvatarId,
) -> None:
    """Make a face from a photo or a short video."""
    _build(file, avatar_id, official=False)


@avatar_app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="Avatar folder of MuseTalk: full_imgs, coords.pkl, …")],
    avatar_id: AvatarId,
) -> None:
    """Take over an avatar of the official MuseTalk; its pickles are read as data and never run."""
    if not folder.is_dir():
        _refuse(f"{folder} is no folder.")
    _build(folder, avatar_id, official=True)


@avatar_app.command("export")
def export(
    avatar_id: Annotated[str, typer.Argument(help="Name of the avatar.")],
    folder: Annotated[Path, typer.Argument(help="New folder to write.")],
    once: Annotated[
        bool, typer.Option("--once", help="Write each frame once, for servers that mirror the index.")
    ] = False,
) -> None:
    """Write an avatar as a folder of the official MuseTalk."""
    from tutor_engine.avatars.export import NotExported, export_official
    from tutor_engine.avatars.package import PackageBroken
    from tutor_engine.avatars.store import AvatarMissing
    from tutor_engine.showing.port import AvatarUnusable

    try:
        frames = export_official(_store(_settings()).get(avatar_id), folder, mirrored=not once)
    except AvatarMissing:
        _refuse(f"There is no avatar {avatar_id}. See: tutor-engine avatar list")
    except (NotExported, AvatarUnusable, PackageBroken, OSError) as error:
        _refuse(str(error))
    console.print(f"{folder} has the {frames} frames of {avatar_id}.", markup=False, soft_wrap=True)


@avatar_app.command("list")
def list_() -> None:
    """List the faces of this machine."""
    for avatar in _store(_settings()).list():
        line = f"{avatar.avatar_id}  {avatar.manifest.kind}  {avatar.manifest.source}"
        console.print(line, markup=False, soft_wrap=True)


@avatar_app.command("check")
def check(avatar_id: Annotated[str, typer.Argument(help="Name of the avatar.")]) -> None:
    """Let a face speak on each engine of this machine, and judge its lips. Exit code 1: a gate is missed."""
    from tutor_engine.avatars.package import PackageBroken
    from tutor_engine.avatars.store import AvatarMissing
    from tutor_engine.showing.engines import face_engines
    from tutor_engine.showing.port import AvatarUnusable
    from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModelMissing, FaceModels

    settings = _settings()
    try:
        package = _store(settings).get(avatar_id).package
        mesh = FaceMesh(FaceModels.in_folder(settings.models_dir))
        engines = face_engines(settings.models_dir, settings.musetalk_base, at_once=True)
        with console.status(f"{avatar_id} speaks"):
            reports = _judged(engines, package, asyncio.run(_spoken()), mesh)
    except AvatarMissing:
        _refuse(f"There is no avatar {avatar_id}. See: tutor-engine avatar list")
    except FaceModelMissing as error:
        _refuse(f"{error}. Type: tutor-engine models install")
    except (AvatarUnusable, PackageBroken) as error:
        _refuse(str(error))
    for name, report in reports.items():
        if report is not None:
            _show(report, f"{avatar_id} on {name}")
    if not all(report is not None and report.passed for report in reports.values()):
        raise typer.Exit(_EXIT_ERROR)


def _judged(
    engines: "FaceEngines", package: Path, lines: "list[Speech]", mesh: "FaceMesh"
) -> "dict[str, Report | None]":
    """What the gates say of each engine that shows this avatar; None for one that should and does not.

    Raises:
        AvatarUnusable: not even the last engine, the puppet, can show it.
    """
    from tutor_engine.showing import gates
    from tutor_engine.showing.port import AvatarUnusable

    reports: dict[str, Report | None] = {}
    for engine in engines.used:
        known = engine.capabilities
        if not known.ready:
            console.print(f"[red]{escape(f'{known.name}: {known.detail}')}[/red]", soft_wrap=True)
            reports[known.name] = None
            continue
        try:
            reports[known.name] = gates.check(engine, package, lines, mesh)
        except AvatarUnusable as error:
            if engine is engines.used[-1]:
                raise
            console.print(f"{known.name}: {error}", markup=False, soft_wrap=True)
    return reports


def _build(source: Path, avatar_id: str, *, official: bool) -> None:
    from tutor_engine.avatars.build import AvatarRefused, Progress, build_avatar
    from tutor_engine.avatars.store import AvatarNameRefused
    from tutor_engine.showing.puppet.mesh import FaceModelMissing, FaceModels

    settings = _settings()
    models = FaceModels.in_folder(settings.models_dir)
    with console.status("Opening the file") as status:

        def on_progress(step: Progress) -> None:
            status.update(f"{step.step}: {step.progress:.0%}")
            if step.remark is not None:
                console.print(f"[yellow]{escape(step.remark.sentence())}[/yellow]")

        try:
            build_avatar(source, avatar_id, _store(settings), models, on_progress, official=official)
        except AvatarRefused as error:
            _refuse(*([error.detail] if error.detail else [each.sentence() for each in error.findings]))
        except FaceModelMissing as error:
            _refuse(f"{error}. Type: tutor-engine models install")
        except AvatarNameRefused as error:
            _refuse(str(error))
    console.print(f"Ready. Use it as avatar_id [bold]{escape(avatar_id)}[/bold].")


async def _spoken() -> "list[Speech]":
    """The lines of `check`, spoken by the embedded voice with its phoneme times."""
    from tutor_engine.showing.port import Speech, TimedPhoneme
    from tutor_engine.speaking.espeak import EspeakVoice
    from tutor_engine.speaking.port import AudioChunk, PhonemeMark

    voice = EspeakVoice()
    lines: list[Speech] = []
    try:
        for line in _LINES:
            events = [event async for event in voice.speak(line, voice=None, language="en")]
            sound = [event for event in events if isinstance(event, AudioChunk)]
            phonemes = [
                TimedPhoneme(e.ipa, e.start_ms, e.end_ms) for e in events if isinstance(e, PhonemeMark)
            ]
            lines.append(Speech(b"".join(chunk.pcm for chunk in sound), sound[0].rate_hz, 0.0, phonemes))
    finally:
        await voice.aclose()
    return lines


def _show(report: "Report", title: str) -> None:
    table = Table(title=title, title_justify="left")
    for column in ("figure", "value", "gate", ""):
        table.add_column(column)
    for verdict in report.verdicts:
        value = f"{verdict.value:.3g}{verdict.gate.unit}"
        table.add_row(
            verdict.gate.name, value, verdict.gate.goal, "ok" if verdict.passed else "[red]missed[/red]"
        )
    for control in report.controls:
        told = "refused, as it must be" if control.refused else "[red]admitted: the judge sleeps[/red]"
        table.add_row(f"control: {control.name}", f"{control.value:.3g}", control.gate.name, told)
    console.print(table)


def _settings() -> "Settings":
    from tutor_engine.cli import read_settings

    return read_settings()


def _store(settings: "Settings") -> "AvatarStore":
    from tutor_engine.avatars.store import AvatarStore

    return AvatarStore(settings.avatars_folder)


def _refuse(*sentences: str) -> NoReturn:
    for sentence in sentences:
        console.print(f"[red]{escape(sentence)}[/red]", soft_wrap=True)
    raise typer.Exit(_EXIT_REFUSED)
