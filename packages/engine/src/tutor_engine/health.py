"""The state of each stage, as `/health` tells it. Looks at ports and records, knows no adapter."""

from tutor_engine.answering.stage import Answering
from tutor_engine.hearing.port import RecogniserCapabilities
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.processes.program import Program
from tutor_engine.session.plane import Plane
from tutor_protocol.http import EngineStatus


async def answering_health(answering: Answering) -> EngineStatus:
    """Who answers now, and why not somebody better."""
    answerer = await answering.current()
    return EngineStatus(name=answerer.capabilities.name, status="ok", detail=answerer.reason)


def hearing_health(speech: RecogniserCapabilities, whisper: str) -> EngineStatus:
    """Which languages are heard."""
    detail = speech.detail
    if "zh" not in speech.languages:
        detail += f"; Chinese speech needs: tutor-engine models install whisper-{whisper}"
    return EngineStatus(name=speech.name, status="ok", detail=detail)


def face_health(plane: Plane) -> EngineStatus:
    """The face worker, its engines and what it prepares."""
    engines = "; ".join(f"{name}: {why}" for name, why in plane.face_engines.items())
    engines = engines or "the face worker is starting"
    well = plane.face_child.up and plane.face_engines and not plane.face_troubled
    best = [
        name
        for name, why in plane.face_engines.items()
        if name not in plane.face_troubled and not why.startswith("not used")
    ]
    progress = [f"preparing a face, {part:.0%}" for part in plane.progress.values()]
    return EngineStatus(
        name=best[0] if best else "puppet",
        status="ok" if well else "degraded",
        detail="; ".join([engines, *progress]),
    )


def media_health(plane: Plane) -> EngineStatus:
    """The media workers and their ports."""
    up = [worker for worker in plane.media if worker.child.up and worker.info is not None]
    ports = ", ".join(str(worker.info.port) for worker in up if worker.info)
    detail = f"UDP {ports}" if up else "the media worker is starting"
    status = "ok" if len(up) == len(plane.media) else "degraded"
    return EngineStatus(name="webrtc", status=status, detail=detail)


def search_health(knowledge: Knowledge) -> EngineStatus:
    """Whether passages are found by meaning or by words alone."""
    search = knowledge.capabilities
    status = "ok" if search.meaning and not search.away else "degraded"
    return EngineStatus(name=search.name, status=status, detail=search.detail)


def turn_health(
    seen: EngineStatus | None, *, wanted: bool, coturn: Program | None, installed: bool
) -> EngineStatus:
    """TURN: what a probe saw, or why there is nothing to probe.

    `wanted`: coturn should run here. `seen`: None when no server is configured.
    """
    if wanted and coturn is None:
        why = "WEBRTC_TURN_RUN is on, and coturn is not installed or not configured; see: tutor-engine doctor"
        return EngineStatus(name="coturn", status="degraded", detail=why)
    if coturn is not None and coturn.pid is None:
        said = "; ".join(coturn.last_lines[-2:])
        return EngineStatus(
            name="coturn", status="degraded", detail=f"coturn ended and is started again: {said}"
        )
    if seen is not None:
        return seen
    there = "installed, " if installed else ""
    detail = f"{there}not configured; needed only by browsers whose network blocks UDP"
    return EngineStatus(name="none", status="off", detail=detail)
