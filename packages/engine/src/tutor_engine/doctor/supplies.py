"""What the stages live on: language model, weights, voices, programs, disk."""

import asyncio
import importlib.util
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor_engine.doctor.findings import Finding, error, note, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.doctor.words import Pair, Said
from tutor_engine.doctor.words import supplies as say
from tutor_engine.models import AssetState, ModelsFolder, catalogue

EDGE_URL = "https://speech.platform.bing.com/"
LOW_BYTES = 2_000_000_000
"""A day of avatars, loops and speech of a busy node."""
NO_BYTES = 200_000_000
_POSTGRESQL = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class ProgramUse:
    """A program of the system and what it is for."""

    executable: str
    package: str
    purpose: Pair


PROGRAMS = (
    ProgramUse("turnserver", "coturn", say.FOR_TURN),
    ProgramUse("ffmpeg", "ffmpeg", say.FOR_BENCHMARKS),
    ProgramUse("chromium", "chromium", say.FOR_BROWSERS),
    ProgramUse("flite", "flite", say.FOR_RECORDED_STUDENTS),
    ProgramUse("pg_ctl", "postgresql", say.FOR_POSTGRESQL),
)


async def check_ollama(base_url: str, model: str | None, *, enabled: bool | None) -> Finding:
    """Does the language model server answer, and does it have the model?"""
    if enabled is False:
        return note("ollama", say.LLM_OFF)
    return judge_ollama(await look(f"{base_url.rstrip('/')}/api/tags"), base_url, model)


def judge_ollama(seen: HttpSeen, base_url: str, model: str | None) -> Finding:
    """What Ollama's list of models means."""
    wanted = model or "MODEL"
    if seen.status != 200:
        failure = seen.failure or Said(say.HTTP_STATUS, {"status": seen.status or 0})
        return note("ollama", say.LLM_AWAY, url=base_url, failure=failure, model=wanted)
    try:
        names = [str(entry["name"]) for entry in json.loads(seen.body)["models"]]
    except (ValueError, KeyError, TypeError):
        return warning("ollama", say.LLM_STRANGE, url=base_url)
    if model is not None and not {model, f"{model}:latest"} & set(names):
        return warning("ollama", say.LLM_LACKS, url=base_url, model=model)
    if not names:
        return warning("ollama", say.LLM_EMPTY, url=base_url, model=wanted)
    return ok("ollama", say.LLM_THERE, url=base_url, model=model or names[0])


def check_models(folder: Path, whisper: str) -> list[Finding]:
    """Are the weights there and whole (by size)?"""
    models = ModelsFolder(folder)
    wanted = f"whisper-{whisper}"
    findings = [
        finding
        for asset in catalogue()
        if (finding := judge_model(models.state(asset, hashes=False), chosen=asset.name == wanted))
    ]
    if wanted not in {asset.name for asset in catalogue()} and models.folder(wanted) is None:
        findings.append(warning("models", say.MODEL_UNKNOWN, whisper=whisper))
    return findings


def judge_model(state: AssetState, *, chosen: bool) -> Finding | None:
    """What the state of one asset means; None for one that nobody asked for."""
    asset = state.asset
    chinese_title, chinese_purpose = say.MODELS[asset.name]
    title, purpose = Said((asset.title, chinese_title)), Said((asset.purpose, chinese_purpose))
    match state.status:
        case "installed":
            return ok("models", say.MODEL_THERE, title=title)
        case "incomplete":
            return error("models", say.MODEL_INCOMPLETE, title=title, purpose=purpose, name=asset.name)
        case "damaged":
            return error("models", say.MODEL_DAMAGED, title=title, purpose=purpose, name=asset.name)
        case "missing" if asset.embedded:
            return warning("models", say.MODEL_MISSING, title=title, purpose=purpose, name=asset.name)
        case "missing" if chosen:
            return note("models", say.MODEL_MISSING, title=title, purpose=purpose, name=asset.name)
        case "missing":
            return None


async def check_voices(*, edge: bool, url: str = EDGE_URL) -> list[Finding]:
    """Is there a voice for each language?"""
    findings = [judge_embedded_voice(there=importlib.util.find_spec("espeakng_loader") is not None)]
    if not edge:
        return [*findings, note("voices", say.EDGE_OFF)]
    return [*findings, judge_edge(await look(url, method="HEAD"))]


def judge_embedded_voice(*, there: bool) -> Finding:
    """The voice that needs no network."""
    return ok("voices", say.VOICE_THERE) if there else error("voices", say.VOICE_MISSING)


def judge_edge(seen: HttpSeen) -> Finding:
    """The voices of the network."""
    if seen.status is not None:
        return ok("voices", say.EDGE_THERE)
    return note("voices", say.EDGE_AWAY, failure=seen.failure)


def check_programs(*, turn_wanted: bool) -> list[Finding]:
    """Programs of the system, each with its purpose."""
    return [
        judge_program(use, there=_installed(use.executable), needed=turn_wanted and use.package == "coturn")
        for use in PROGRAMS
    ]


def judge_program(use: ProgramUse, *, there: bool, needed: bool) -> Finding:
    """What a missing program means."""
    check = "ffmpeg" if use.executable == "ffmpeg" else "programs"
    if there:
        return ok(check, say.PROGRAM_THERE, package=use.package, purpose=Said(use.purpose))
    if needed:
        return error(check, say.PROGRAM_NEEDED, package=use.package)
    return note(check, say.PROGRAM_MISSING, package=use.package, purpose=Said(use.purpose))


def _installed(executable: str) -> bool:
    return shutil.which(executable) is not None or any(_POSTGRESQL.glob(f"*/bin/{executable}"))


async def check_disk(folders: Sequence[Path]) -> list[Finding]:
    """Room for avatars, idle loops, speech and documents."""
    return [judge_disk(folder, await asyncio.to_thread(_free_bytes, folder)) for folder in folders]


def judge_disk(folder: Path, free_bytes: int) -> Finding:
    """What the free space means."""
    gigabytes, where = free_bytes / 1e9, str(folder)
    if free_bytes < NO_BYTES:
        return error("disk", say.DISK_FULL, gigabytes=gigabytes, folder=where)
    if free_bytes < LOW_BYTES:
        return warning("disk", say.DISK_LOW, gigabytes=gigabytes, folder=where)
    return ok("disk", say.DISK_ROOMY, gigabytes=gigabytes, folder=where)


def _free_bytes(folder: Path) -> int:
    """Free space where the folder is, or will be made."""
    there = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    return shutil.disk_usage(there).free
