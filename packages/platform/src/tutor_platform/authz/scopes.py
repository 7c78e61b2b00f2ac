"""What a role may do, as speaking scopes. One table; nothing else compares roles.

A scope says what kind of thing somebody may do; which rows it reaches is decided by the doors. Reading what a
student said (`REVIEW`) always leaves an entry in the audit log: whoever opens such a door writes it.
"""

from enum import StrEnum
from typing import Literal

Role = Literal["admin", "teacher", "student"]


class Scope(StrEnum):
    """One kind of thing somebody may do."""

    LEARN = "learn"
    """Have lessons, see and change one's own things."""
    TEACH = "teach"
    """Make tutors, faces and libraries; lead classes; see who is in a lesson."""
    REVIEW = "review"
    """Read conversations of others, each reading audited."""
    MANAGE_PEOPLE = "manage_people"
    """Add, change and remove people; invitations; sign-in of other organisations."""
    MANAGE_SCHOOL = "manage_school"
    """Quotas, retention, contacts, export of the school."""
    SEE_AUDIT = "see_audit"
    """Read the audit log."""
    SEE_NODES = "see_nodes"
    """See engine nodes, their seats and their health."""


_STUDENT = frozenset({Scope.LEARN})
_TEACHER = _STUDENT | {Scope.TEACH, Scope.REVIEW}
_ADMIN = frozenset(Scope)

_SCOPES: dict[Role, frozenset[Scope]] = {"student": _STUDENT, "teacher": _TEACHER, "admin": _ADMIN}


def scopes_of(role: Role) -> frozenset[Scope]:
    """Everything that a role includes; an administrator may do all that a teacher may, and so on."""
    return _SCOPES[role]
