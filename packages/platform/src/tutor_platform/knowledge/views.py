"""Documents with how far the engine is with them, in the reader's language."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import PlatformError
from tutor_platform.kit.language import Language
from tutor_platform.kit.text import HAN
from tutor_platform.knowledge.models import Document
from tutor_platform.knowledge.schemas import ReadingMessage, ShelvedDocument
from tutor_protocol.http import Job


async def shelved(
    engine: EngineClient, documents: Sequence[Document], language: Language
) -> list[ShelvedDocument]:
    """Each document with the present state of its job, when it has one; an engine that is away tells none."""
    jobs = await asyncio.gather(*(_job(engine, document) for document in documents))
    return [_shelved(document, job, language) for document, job in zip(documents, jobs, strict=True)]


async def _job(engine: EngineClient, document: Document) -> Job | None:
    if document.state != "reading" or document.job_id is None:
        return None
    try:
        return await engine.job(document.job_id)
    except PlatformError:
        return None


def _shelved(document: Document, job: Job | None, language: Language) -> ShelvedDocument:
    live = [message.model_dump() for message in job.messages] if job is not None else document.messages
    return ShelvedDocument(
        id=document.id,
        title=document.title,
        kind=document.kind,
        pages=document.pages,
        file_name=document.file_name,
        version=document.version,
        size_bytes=document.size_bytes,
        state=document.state,
        progress=job.progress if job is not None else float(document.state == "ready"),
        step=job.step if job is not None else "",
        seconds_left=job.seconds_left if job is not None else None,
        messages=in_language(live, language),
        created_at=document.created_at,
        changed_at=document.changed_at,
    )


def in_language(messages: Sequence[dict[str, Any]], language: Language) -> list[ReadingMessage]:
    """The remarks that are written in this language; the engine writes each in both, or in English alone."""
    said = [ReadingMessage.model_validate(message) for message in messages]
    chinese = [message for message in said if HAN.search(message.content)]
    other = [message for message in said if not HAN.search(message.content)]
    if language == "zh":
        told = {(message.level, message.page) for message in chinese}
        return chinese + [message for message in other if (message.level, message.page) not in told]
    return other or chinese
