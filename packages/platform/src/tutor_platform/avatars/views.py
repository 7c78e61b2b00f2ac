"""Faces as teachers see them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository
from tutor_platform.avatars.consent import suffices
from tutor_platform.avatars.models import Face
from tutor_platform.avatars.schemas import ApprovalView, ConsentView, FaceBrief, FaceMessage, FaceView
from tutor_platform.kit.text import HAN
from tutor_platform.knowledge.schemas import TutorName
from tutor_platform.tutors import repository as tutors
from tutor_protocol.http import Job


def is_mine(subject: Subject, face: Face) -> bool:
    """Whether the person may change it."""
    return face.owner_id in (None, subject.person_id) or subject.may(Scope.MANAGE_SCHOOL)


def face_brief(subject: Subject, face: Face, names: Mapping[str, str], job: Job | None = None) -> FaceBrief:
    """A face in the list."""
    shown = face.state in ("ready", "published")
    return FaceBrief(
        id=face.id,
        name=face.name,
        avatar_id=face.avatar_id,
        state=face.state,
        mine=is_mine(subject, face),
        real_person=face.real_person,
        owner=names.get(face.owner_id or "", ""),
        poster_url=f"/api/avatars/{face.avatar_id}/poster" if shown else None,
        progress=job.progress if job is not None else 1.0 if shown else face.progress,
        step=job.step if job is not None else face.step,
        created_at=face.created_at,
    )


async def face_view(db: AsyncSession, subject: Subject, face: Face, job: Job | None) -> FaceView:
    """A face by itself."""
    names = {person.id: person.name for person in await tutors.colleagues(db, subject)}
    policy = await repository.policy_of(db, face.tenant_id)
    given = await repository.consent_of(db, face)
    kind = given.kind if given is not None else None
    wearing = await tutors.wearing(db, face.tenant_id, face.avatar_id)
    messages = [message.model_dump() for message in job.messages] if job is not None else face.messages
    recording = f"/api/faces/{face.id}/consent/recording"
    return FaceView(
        **face_brief(subject, face, names, job).model_dump(),
        label=face.label,
        file_name=face.file_name,
        size_bytes=face.size_bytes,
        seconds_left=job.seconds_left if job is not None else None,
        messages=_messages(face, messages, subject),
        consent=ConsentView(
            policy=policy.consent,
            needed=face.real_person and policy.consent != "none",
            given=suffices(face, policy.consent, given) and kind is not None,
            kind=kind,
            signer=given.signer if given is not None else "",
            given_at=given.given_at if given is not None else None,
            recording_url=recording if kind == "recorded" and is_mine(subject, face) else None,
        ),
        approval=ApprovalView(
            needed=policy.approval,
            given=face.approved_by is not None,
            by=names.get(face.approved_by or "", ""),
            mine_to_give=face.state == "ready" and face.owner_id != subject.person_id,
        ),
        tutors=[TutorName(id=tutor.id, name=tutor.name) for tutor in wearing],
        published_at=face.published_at,
    )


def _messages(face: Face, raw: list[dict[str, Any]], subject: Subject) -> list[FaceMessage]:
    """The engine writes each remark in both languages, or in English alone."""
    chinese = [message for message in raw if HAN.search(message["content"])]
    english = [message for message in raw if not HAN.search(message["content"])]
    chosen = (chinese or english) if subject.language == "zh" else (english or chinese)
    return [
        FaceMessage(
            level=message["level"],
            content=message["content"],
            second=message.get("second"),
            picture_url=None
            if message.get("picture") is None
            else f"/api/faces/{face.id}/findings/{message['picture']}",
        )
        for message in chosen
    ]
