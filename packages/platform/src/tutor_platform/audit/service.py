"""The audit log's door: one call adds one entry in the caller's unit of work, so both are stored or neither.

Details carry what changed (a role, a count, a yes or no), never a password, a token or what was said.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.models import AuditEntry, Detail
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.ids import new_id

MAX_DETAIL_CHARS = 200


async def note(
    db: AsyncSession, by: Subject | str | None, action: str, about: str, /, **details: Detail
) -> None:
    """Add one entry: who, what (`tutor.published`), about which row.

    `by` is the signed-in person; or the school's identifier where nobody is signed in (a failed attempt, the
    operator at the command line). With None the details carry the school as `tenant_id`.
    """
    subject = by if isinstance(by, Subject) else None
    tenant_id = by.tenant_id if isinstance(by, Subject) else by or details.pop("tenant_id")
    kept = {
        name: value[:MAX_DETAIL_CHARS] if isinstance(value, str) else value for name, value in details.items()
    }
    db.add(
        AuditEntry(
            id=new_id(),
            tenant_id=tenant_id,
            person_id=subject.person_id if subject else None,
            sign_in_id=subject.sign_in_id if subject else None,
            action=action,
            about=about,
            details=kept,
            at=utc_now(),
        )
    )
