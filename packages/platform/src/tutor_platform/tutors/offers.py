"""What the builder offers: faces, voices and language models; a voice to hear, a face to watch as it speaks.

While the engine is away the builder still opens: with the stock faces and the voices that every engine has.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository as faces
from tutor_platform.avatars.models import STOCK
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import NotFound, PlatformError, TooManyAttempts
from tutor_platform.kit.limits import BucketsByKey
from tutor_platform.tutors.schemas import Choices, FaceChoice, VoiceChoice
from tutor_protocol.http import VoicePreview

PREVIEWS_HZ = 0.5
PREVIEWS_AT_ONCE = 10
"""Somebody who tries every voice of the list is not stopped; a script is."""

_STOCK_NAMES = {"ada": "Ada", "lin": "林老师"}
_USUAL_VOICES = (
    VoiceChoice(id="ada", name="Ada", language="en", gender="female"),
    VoiceChoice(id="adam", name="Adam", language="en", gender="male"),
    VoiceChoice(id="lin", name="林老师", language="zh", gender="female"),
    VoiceChoice(id="ming", name="明老师", language="zh", gender="male"),
)


async def choices(database: Database, engine: EngineClient, subject: Subject) -> Choices:
    """Everything that can be chosen from."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        own = await _own_faces(db, subject)
    stock = [_choice(avatar_id, _STOCK_NAMES[avatar_id], stock=True) for avatar_id in STOCK]
    return Choices(faces=stock + own, voices=await _voices(engine), models=await _models(engine))


async def _own_faces(db: AsyncSession, subject: Subject) -> list[FaceChoice]:
    found = await faces.choosable(db, subject)
    return [_choice(face.avatar_id, face.name, stock=False) for face in found]


def _choice(avatar_id: str, name: str, *, stock: bool) -> FaceChoice:
    return FaceChoice(
        avatar_id=avatar_id, name=name, stock=stock, poster_url=f"/api/avatars/{avatar_id}/poster"
    )


async def _voices(engine: EngineClient) -> list[VoiceChoice]:
    try:
        found = await engine.voices()
    except PlatformError:
        return list(_USUAL_VOICES)
    return [
        VoiceChoice(id=voice.id, name=voice.name, language=voice.language, gender=voice.gender)
        for voice in found
    ]


async def _models(engine: EngineClient) -> list[str]:
    """The model that the engine answers with, when it names one."""
    try:
        status = (await engine.health()).engines.get("llm")
    except PlatformError:
        return []
    return [status.name] if status is not None and status.name else []


class VoiceBooth:
    """Lets teachers hear a voice or watch a face speak, a few times in a row."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._limits = BucketsByKey(PREVIEWS_HZ, PREVIEWS_AT_ONCE)

    async def say(self, subject: Subject, preview: VoicePreview, now_s: float) -> bytes:
        """A short text in a voice, as WAV.

        Raises:
            TooManyAttempts: too many in a row.
        """
        self._admit(subject, now_s)
        return await self._engine.say(preview)

    async def film(self, subject: Subject, avatar_id: str, preview: VoicePreview, now_s: float) -> bytes:
        """A face that passed its door, saying a short text in a voice, as MP4.

        Raises:
            TooManyAttempts: too many in a row.
            NotFound: the engine does not have it yet.
        """
        self._admit(subject, now_s)
        film = await self._engine.film(avatar_id, preview)
        if film is None:
            raise NotFound(avatar_id)
        return film

    def _admit(self, subject: Subject, now_s: float) -> None:
        subject.require(Scope.TEACH)
        if not self._limits.take(subject.person_id, now_s):
            raise TooManyAttempts("voices", retry_after_s=1 / PREVIEWS_HZ)
