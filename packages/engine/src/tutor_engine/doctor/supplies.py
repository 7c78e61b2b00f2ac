"""What the stages live on: language model, weights, voices, programs, disk."""

import asyncio
import importlib.util
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor_engine.doctor.findings import error, note, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.models import AssetState, ModelsFolder, catalogue
from tutor_protocol.http import Finding

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
    purpose: str


PROGRAMS = (
    ProgramUse("turnserver", "coturn", "TURN for browsers whose network blocks UDP; lessons work without it"),
    ProgramUse("ffmpeg", "ffmpeg", "some benchmarks only; avatars are built without it"),
    ProgramUse("chromium", "chromium", "browser tests only"),
    ProgramUse("flite", "flite", "recorded students in benchmarks and browser tests only"),
    ProgramUse("pg_ctl", "postgresql", "PostgreSQL tests only; SQLite is the default"),
)


async def check_ollama(base_url: str, model: str | None, *, enabled: bool | None) -> Finding:
    """Does the language model server answer, and does it have the model?"""
    if enabled is False:
        return note("ollama", "ENABLE_LLM is false: tutors quote from their library")
    return judge_ollama(await look(f"{base_url.rstrip('/')}/api/tags"), base_url, model)


def judge_ollama(seen: HttpSeen, base_url: str, model: str | None) -> Finding:
    """What Ollama's list of models means."""
    why = "Tutors then quote from their library instead of answering in their own words."
    pull = f"ollama pull {model or 'MODEL'}"
    if seen.status != 200:
        said = seen.failure or f"status {seen.status}"
        mend = f"ollama serve & {pull}; or set OLLAMA_BASE_URL"
        return note("ollama", f"no language model at {base_url}: {said}", why, mend)
    try:
        names = [str(entry["name"]) for entry in json.loads(seen.body)["models"]]
    except (ValueError, KeyError, TypeError):
        mend = "Set OLLAMA_BASE_URL to an Ollama server."
        return warning("ollama", f"{base_url} answers, but not as Ollama does", why, mend)
    if model is not None and not {model, f"{model}:latest"} & set(names):
        return warning("ollama", f"{base_url} does not have {model}", why, pull)
    if not names:
        return warning("ollama", f"{base_url} has no model", why, pull)
    return ok("ollama", f"{base_url} has {model or names[0]}")


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
        mend = "Choose one of those that `tutor-engine models list` shows."
        findings.append(
            warning("models", f"ASR_MODEL={whisper} is not known", "English only is heard.", mend)
        )
    return findings


def judge_model(state: AssetState, *, chosen: bool) -> Finding | None:
    """What the state of one asset means; None for one that nobody asked for."""
    asset = state.asset
    mend = f"tutor-engine models install {asset.name}"
    if state.status == "installed":
        return ok("models", state.line)
    if state.status in ("incomplete", "damaged"):
        return error("models", f"{asset.title} is {state.status}", state.line, mend)
    if asset.embedded:
        return warning("models", f"{asset.title} is not installed", asset.purpose, mend)
    if chosen:
        return note("models", f"{asset.title} is not installed", asset.purpose, mend)
    return None


async def check_voices(*, edge: bool, url: str = EDGE_URL) -> list[Finding]:
    """Is there a voice for each language?"""
    findings = [judge_embedded_voice(there=importlib.util.find_spec("espeakng_loader") is not None)]
    if not edge:
        return [*findings, note("voices", "ENABLE_TTS is false: the embedded voice speaks")]
    return [*findings, judge_edge(await look(url, method="HEAD"))]


def judge_embedded_voice(*, there: bool) -> Finding:
    """The voice that needs no network."""
    if there:
        return ok("voices", "the embedded voice (espeak-ng) is there")
    why = "Without it tutors are mute when the network is away, and lips do not follow."
    return error("voices", "the embedded voice (espeak-ng) is missing", why, "uv sync")


def judge_edge(seen: HttpSeen) -> Finding:
    """The voices of the network."""
    if seen.status is not None:
        return ok("voices", "the Edge voices can be reached")
    why = "The embedded voice speaks instead; it is understood, and sounds like a machine."
    mend = "Allow HTTPS to speech.platform.bing.com, or set ENABLE_TTS=false."
    return note("voices", f"the Edge voices cannot be reached: {seen.failure}", why, mend)


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
        return ok(check, f"{use.package} is installed ({use.purpose})")
    if needed:
        why = "WEBRTC_TURN_RUN is true, and there is nothing to run."
        return error("programs", f"{use.package} is not installed", why, "make system")
    return note(check, f"{use.package} is not installed", f"Used for: {use.purpose}.", "make system")


def _installed(executable: str) -> bool:
    return shutil.which(executable) is not None or any(_POSTGRESQL.glob(f"*/bin/{executable}"))


async def check_disk(folders: Sequence[Path]) -> list[Finding]:
    """Room for avatars, idle loops, speech and documents."""
    return [judge_disk(folder, await asyncio.to_thread(_free_bytes, folder)) for folder in folders]


def judge_disk(folder: Path, free_bytes: int) -> Finding:
    """What the free space means."""
    said = f"{free_bytes / 1e9:.1f} GB free for {folder}"
    mend = "Free some space, or set TUTOR_DATA_DIR to a larger disk."
    if free_bytes < NO_BYTES:
        return error("disk", said, "Lessons cannot be prepared and uploads fail.", mend)
    if free_bytes < LOW_BYTES:
        return warning("disk", said, "Avatars, idle loops and documents fill it soon.", mend)
    return ok("disk", said)


def _free_bytes(folder: Path) -> int:
    """Free space where the folder is, or will be made."""
    there = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    return shutil.disk_usage(there).free
