"""Imports every model, so that the history can be compared with them."""

from tutor_platform.accounts import models as accounts
from tutor_platform.analytics import models as analytics
from tutor_platform.audit import models as audit
from tutor_platform.avatars import models as avatars
from tutor_platform.classes import models as classes
from tutor_platform.exports import models as exports
from tutor_platform.fleet import models as fleet
from tutor_platform.invitations import models as invitations
from tutor_platform.jobs import models as jobs
from tutor_platform.kit.db import Base
from tutor_platform.knowledge import models as knowledge
from tutor_platform.learning import models as learning
from tutor_platform.lessons import models as lessons
from tutor_platform.lessons.recordings import models as recordings
from tutor_platform.quotas import models as quotas
from tutor_platform.retention import models as retention
from tutor_platform.safety import models as safety
from tutor_platform.sso import models as sso
from tutor_platform.tenants import models as tenants
from tutor_platform.tutors import models as tutors

MODELS: tuple[type[Base], ...] = (
    tenants.Tenant,
    accounts.Person,
    accounts.SignIn,
    accounts.FailedSignIns,
    audit.AuditEntry,
    invitations.Invitation,
    sso.SignInProvider,
    sso.ProviderAccount,
    sso.SignInAttempt,
    tutors.Tutor,
    tutors.TutorVersion,
    tutors.TutorTeacher,
    tutors.TutorLibrary,
    tutors.TutorPreview,
    knowledge.Library,
    knowledge.Document,
    knowledge.EarlierVersion,
    avatars.Face,
    avatars.Consent,
    avatars.FacePolicy,
    lessons.Lesson,
    lessons.Turn,
    lessons.ProblemReport,
    recordings.RecordingPolicy,
    recordings.RecordingWish,
    recordings.RecordingConsent,
    recordings.Recording,
    learning.LearnerMemory,
    learning.LearnerFact,
    learning.Evidence,
    classes.Class,
    classes.ClassTeacher,
    classes.ClassStudent,
    classes.ClassTutor,
    classes.TeacherWords,
    classes.ClassPolicy,
    safety.Alert,
    safety.SafetyContact,
    safety.Letter,
    safety.Flag,
    analytics.LessonFact,
    analytics.AnswerFact,
    analytics.OpenedSource,
    jobs.Job,
    quotas.Quota,
    quotas.Usage,
    quotas.SeatClaim,
    quotas.Meter,
    retention.RetentionPolicy,
    retention.Deletion,
    exports.Export,
    fleet.DrainedNode,
    fleet.Placement,
)

NAMES = {model.__tablename__ for model in MODELS}
