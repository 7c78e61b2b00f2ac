"""The person who acts: everything a door needs to know to decide."""

from dataclasses import dataclass

from tutor_platform.authz.scopes import Role, Scope, scopes_of
from tutor_platform.kit.errors import Forbidden
from tutor_platform.kit.language import Language

__all__ = ["Role", "Scope", "Subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A signed-in person. Made only from a valid sign-in."""

    person_id: str
    tenant_id: str
    role: Role
    language: Language
    sign_in_id: str

    def may(self, scope: Scope) -> bool:
        """Whether the person's role includes this."""
        return scope in scopes_of(self.role)

    def require(self, scope: Scope) -> None:
        """Go on only with this scope.

        Raises:
            Forbidden: the person's role does not include it.
        """
        if not self.may(scope):
            raise Forbidden(scope)
