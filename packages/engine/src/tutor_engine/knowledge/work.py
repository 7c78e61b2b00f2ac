"""The job that takes an uploaded document in; made from a recipe, so that a new engine can make it again.

Holds no state of its own.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tutor_engine.jobs import JobFailed, Maker, Progress, Undo, Work
from tutor_engine.knowledge.document import BadDocument, Unreadable
from tutor_engine.knowledge.intake import Upload
from tutor_engine.knowledge.port import BaseKey, LibraryAway
from tutor_engine.knowledge.service import Knowledge
from tutor_protocol.http import JobMessage

_AWAY = (
    JobMessage(level="error", content="The library's database cannot be reached. Upload the document again."),
    JobMessage(level="error", content="资料库的数据库暂时连接不上，请稍后重新上传这份资料。"),
)


def recipe(kb: BaseKey, filename: str, title: str | None, document_id: str | None) -> dict[str, str | None]:
    """What must be remembered of an upload beside its bytes."""
    return {
        "tenant": kb.tenant,
        "kb_id": kb.kb_id,
        "filename": filename,
        "title": title,
        "document_id": document_id,
    }


def document_work(knowledge: Knowledge) -> Maker:
    """How the work of a document job is made."""

    def make(kept: Mapping[str, str | None], file: Path) -> Work:
        kb, upload = _remembered(kept, file)

        async def work(progress: Progress) -> None:
            try:
                info = await knowledge.add_upload(
                    kb, upload, progress.report, resumed=progress.resumed, pausing=progress.pausing
                )
            except BadDocument as error:
                raise JobFailed(*refusal(error)) from error
            except LibraryAway as error:
                raise JobFailed(*_AWAY) from error
            except FileNotFoundError as error:
                raise JobFailed(*refusal(BadDocument(Unreadable.EMPTY, "the upload is gone"))) from error
            progress.remark(*await knowledge.remarks(kb, info))

        return work

    return make


def document_undo(knowledge: Knowledge) -> Undo:
    """How what was begun of a document is taken away again."""

    async def undo(kept: Mapping[str, str | None], file: Path) -> None:
        kb, upload = _remembered(kept, file)
        with suppress(FileNotFoundError):
            await knowledge.forsake(kb, upload)

    return undo


def _remembered(kept: Mapping[str, str | None], file: Path) -> tuple[BaseKey, Upload]:
    kb = BaseKey(kept["tenant"] or "", kept["kb_id"] or "")
    return kb, Upload(file, kept["filename"] or "document", kept["title"], kept["document_id"])


def refusal(error: BadDocument) -> tuple[JobMessage, JobMessage]:
    """Why a document was refused, in English and in Chinese."""
    return (
        JobMessage(level="error", content=error.sentence("en")),
        JobMessage(level="error", content=error.sentence("zh")),
    )
