"""The person who acts: everything a door needs to know to decide."""

from dataclasses import dataclass
from typing import Literal

from tutor_platform.kit.language import Language

Role = Literal["admin", "teacher", "student"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A signed-in person. Made only from a valid sign-in."""

    person_id: str
    tenant_id: str
    role: Role
    language: Language
    sign_in_id: str
