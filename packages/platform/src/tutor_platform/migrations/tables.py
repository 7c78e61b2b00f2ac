"""Imports every model, so that the history can be compared with them."""

from tutor_platform.accounts import models as accounts
from tutor_platform.kit.db import Base
from tutor_platform.knowledge import models as knowledge
from tutor_platform.lessons import models as lessons
from tutor_platform.tenants import models as tenants
from tutor_platform.tutors import models as tutors

MODELS: tuple[type[Base], ...] = (
    tenants.Tenant,
    accounts.Person,
    accounts.SignIn,
    accounts.FailedSignIns,
    tutors.Tutor,
    knowledge.Document,
    lessons.Lesson,
    lessons.Turn,
)

NAMES = {model.__tablename__ for model in MODELS}
