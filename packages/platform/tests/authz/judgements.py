"""What every operation of the platform is for: who may use it, and whose rows it reaches.

A new operation fails `test_isolation.py` until a line here judges it.
"""

from dataclasses import dataclass
from typing import Literal

from packages.platform.tests.authz.requests import Operation

from tutor_platform.authz.subject import Role

Reach = Literal["nothing", "school", "own", "class", "teacher"]
"""Whose rows it names: none; the school's; the person's own; those of a class that they lead or are in; those
of the teacher who made them, and of administrators."""

EVERYBODY: tuple[Role, ...] = ("student", "teacher", "admin")
STAFF: tuple[Role, ...] = ("teacher", "admin")
ADMINS: tuple[Role, ...] = ("admin",)


@dataclass(frozen=True, slots=True)
class Judged:
    """One operation."""

    roles: tuple[Role, ...] = EVERYBODY
    """Who may use it at all; empty: everybody, signed in or not."""
    reach: Reach = "nothing"
    owner: Role = "student"
    """Who reaches the row in the tests."""
    alone: bool = False
    """Needs more than its rows to end well (a provider that answers, an engine that speaks): only that nobody
    else gets in is checked."""


PUBLIC = Judged(roles=())
ANYBODY = Judged()
STAFF_ONLY = Judged(STAFF, owner="teacher")
ADMINS_ONLY = Judged(ADMINS, owner="admin")
SCHOOLS = Judged(reach="school")
OWN = Judged(reach="own")
SCHOOLS_FOR_ADMINS = Judged(ADMINS, "school", "admin")
SCHOOLS_FOR_STAFF = Judged(STAFF, "school", "teacher")
TEACHERS_OWN = Judged(STAFF, "teacher", "teacher")
OF_A_CLASS = Judged(STAFF, "class", "teacher")


def alone(judged: Judged) -> Judged:
    """The same, not to be expected to end well here."""
    return Judged(judged.roles, judged.reach, judged.owner, alone=True)


JUDGED: dict[Operation, Judged] = {
    ("get", "/api/status"): PUBLIC,
    # Accounts
    ("post", "/api/auth/sign-in"): PUBLIC,
    ("post", "/api/auth/sign-out"): ANYBODY,
    ("post", "/api/auth/sign-out-everywhere"): ANYBODY,
    ("get", "/api/auth/me"): ANYBODY,
    ("patch", "/api/auth/me"): ANYBODY,
    ("post", "/api/auth/password"): alone(ANYBODY),
    ("get", "/api/auth/devices"): ANYBODY,
    ("delete", "/api/auth/devices/{sign_in_id}"): OWN,
    ("post", "/api/auth/invitation"): PUBLIC,
    ("post", "/api/auth/invitation/accept"): PUBLIC,
    ("get", "/api/auth/providers"): PUBLIC,
    ("post", "/api/auth/sso/{provider_id}/start"): PUBLIC,
    ("post", "/api/auth/sso/finish"): PUBLIC,
    # People
    ("get", "/api/people"): ADMINS_ONLY,
    ("post", "/api/people"): ADMINS_ONLY,
    ("post", "/api/people/import"): ADMINS_ONLY,
    ("post", "/api/people/import/preview"): ADMINS_ONLY,
    ("get", "/api/people/{person_id}"): SCHOOLS_FOR_ADMINS,
    ("patch", "/api/people/{person_id}"): SCHOOLS_FOR_ADMINS,
    ("delete", "/api/people/{person_id}"): SCHOOLS_FOR_ADMINS,
    ("post", "/api/people/{person_id}/password"): SCHOOLS_FOR_ADMINS,
    ("post", "/api/people/{person_id}/sign-out"): SCHOOLS_FOR_ADMINS,
    ("get", "/api/invitations"): ADMINS_ONLY,
    ("post", "/api/invitations"): ADMINS_ONLY,
    ("delete", "/api/invitations/{invitation_id}"): SCHOOLS_FOR_ADMINS,
    ("post", "/api/invitations/{invitation_id}/renew"): SCHOOLS_FOR_ADMINS,
    ("get", "/api/sso/providers"): alone(ADMINS_ONLY),
    ("post", "/api/sso/providers"): alone(ADMINS_ONLY),
    ("patch", "/api/sso/providers/{provider_id}"): alone(SCHOOLS_FOR_ADMINS),
    ("delete", "/api/sso/providers/{provider_id}"): SCHOOLS_FOR_ADMINS,
    ("post", "/api/sso/providers/{provider_id}/check"): alone(SCHOOLS_FOR_ADMINS),
    ("get", "/api/audit"): ADMINS_ONLY,
    ("get", "/api/audit.csv"): ADMINS_ONLY,
    # Tutors
    ("get", "/api/tutors"): ANYBODY,
    ("get", "/api/tutors/{tutor_id}"): SCHOOLS,
    ("patch", "/api/tutors/{tutor_id}"): SCHOOLS_FOR_STAFF,
    ("get", "/api/avatars/{avatar_id}/poster"): SCHOOLS,
    ("get", "/api/workshop/choices"): STAFF_ONLY,
    ("get", "/api/workshop/colleagues"): STAFF_ONLY,
    ("get", "/api/workshop/tutors"): STAFF_ONLY,
    ("post", "/api/workshop/tutors"): STAFF_ONLY,
    ("get", "/api/workshop/tutors/{tutor_id}"): SCHOOLS_FOR_STAFF,
    ("put", "/api/workshop/tutors/{tutor_id}"): alone(TEACHERS_OWN),
    ("delete", "/api/workshop/tutors/{tutor_id}"): alone(TEACHERS_OWN),
    ("post", "/api/workshop/tutors/{tutor_id}/archive"): TEACHERS_OWN,
    ("post", "/api/workshop/tutors/{tutor_id}/copy"): SCHOOLS_FOR_STAFF,
    ("post", "/api/workshop/tutors/{tutor_id}/discard"): alone(TEACHERS_OWN),
    ("post", "/api/workshop/tutors/{tutor_id}/publish"): alone(TEACHERS_OWN),
    ("put", "/api/workshop/tutors/{tutor_id}/teachers"): alone(TEACHERS_OWN),
    ("post", "/api/workshop/tutors/{tutor_id}/try"): TEACHERS_OWN,
    ("post", "/api/workshop/tutors/{tutor_id}/unarchive"): TEACHERS_OWN,
    ("get", "/api/workshop/tutors/{tutor_id}/versions"): SCHOOLS_FOR_STAFF,
    ("post", "/api/workshop/tutors/{tutor_id}/versions/{number}/restore"): alone(TEACHERS_OWN),
    ("post", "/api/workshop/faces/{avatar_id}/clip"): alone(SCHOOLS_FOR_STAFF),
    ("post", "/api/workshop/voices/preview"): alone(STAFF_ONLY),
    # Libraries and faces
    ("get", "/api/libraries"): STAFF_ONLY,
    ("post", "/api/libraries"): STAFF_ONLY,
    ("get", "/api/libraries/{library_id}"): SCHOOLS_FOR_STAFF,
    ("patch", "/api/libraries/{library_id}"): TEACHERS_OWN,
    ("delete", "/api/libraries/{library_id}"): alone(TEACHERS_OWN),
    ("post", "/api/libraries/{library_id}/ask"): SCHOOLS_FOR_STAFF,
    ("post", "/api/libraries/{library_id}/files"): alone(TEACHERS_OWN),
    ("get", "/api/documents/{document_id}"): SCHOOLS,
    ("get", "/api/documents/{document_id}/text"): SCHOOLS,
    ("get", "/api/documents/{document_id}/file"): SCHOOLS,
    ("get", "/api/documents/{document_id}/versions"): SCHOOLS,
    ("get", "/api/documents/{document_id}/pages/{page}"): alone(SCHOOLS),
    ("patch", "/api/documents/{document_id}"): TEACHERS_OWN,
    ("delete", "/api/documents/{document_id}"): TEACHERS_OWN,
    ("post", "/api/documents/{document_id}/file"): alone(TEACHERS_OWN),
    ("post", "/api/documents/{document_id}/cancel"): alone(TEACHERS_OWN),
    ("post", "/api/documents/{document_id}/retry"): alone(TEACHERS_OWN),
    ("get", "/api/faces"): STAFF_ONLY,
    ("post", "/api/faces"): alone(STAFF_ONLY),
    ("get", "/api/faces/policy"): STAFF_ONLY,
    ("put", "/api/faces/policy"): ADMINS_ONLY,
    ("get", "/api/faces/{face_id}"): TEACHERS_OWN,
    ("patch", "/api/faces/{face_id}"): TEACHERS_OWN,
    ("delete", "/api/faces/{face_id}"): TEACHERS_OWN,
    ("post", "/api/faces/{face_id}/approve"): alone(SCHOOLS_FOR_STAFF),
    ("post", "/api/faces/{face_id}/cancel"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/consent/phrase"): TEACHERS_OWN,
    ("get", "/api/faces/{face_id}/consent/recording"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/consent/recording"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/consent/statement"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/file"): alone(TEACHERS_OWN),
    ("get", "/api/faces/{face_id}/findings/{number}"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/publish"): alone(TEACHERS_OWN),
    ("post", "/api/faces/{face_id}/retry"): alone(TEACHERS_OWN),
    # Lessons
    ("get", "/api/lessons"): ANYBODY,
    ("post", "/api/lessons"): SCHOOLS,
    ("get", "/api/lessons/search"): ANYBODY,
    ("get", "/api/lessons/{lesson_id}"): OWN,
    ("patch", "/api/lessons/{lesson_id}"): OWN,
    ("post", "/api/lessons/{lesson_id}/resume"): OWN,
    ("post", "/api/lessons/{lesson_id}/end"): OWN,
    ("get", "/api/lessons/{lesson_id}/summary"): OWN,
    ("get", "/api/lessons/{lesson_id}/transcript"): OWN,
    ("get", "/api/lessons/{lesson_id}/company"): OWN,
    ("post", "/api/lessons/{lesson_id}/problems"): OWN,
    ("post", "/api/lessons/{lesson_id}/opened"): alone(OWN),
    ("get", "/api/lessons/{lesson_id}/recording"): OWN,
    ("put", "/api/lessons/{lesson_id}/recording"): alone(OWN),
    ("post", "/api/lessons/{lesson_id}/recording/sounds"): alone(OWN),
    ("get", "/api/recording-policy"): ANYBODY,
    ("put", "/api/recording-policy"): ADMINS_ONLY,
    ("get", "/api/recording-wishes"): STAFF_ONLY,
    ("put", "/api/tutors/{tutor_id}/recording-wish"): alone(SCHOOLS_FOR_STAFF),
    ("get", "/api/recordings"): STAFF_ONLY,
    ("delete", "/api/recordings/{recording_id}"): OWN,
    ("put", "/api/recordings/{recording_id}/chunks/{number}"): alone(OWN),
    ("post", "/api/recordings/{recording_id}/end"): OWN,
    ("get", "/api/recordings/{recording_id}/sound"): alone(OWN),
    ("get", "/api/learning"): ANYBODY,
    ("delete", "/api/learning"): ANYBODY,
    ("patch", "/api/learning"): ANYBODY,
    ("delete", "/api/learning/concepts"): alone(ANYBODY),
    ("get", "/api/learning/export"): ANYBODY,
    ("post", "/api/learning/facts"): ANYBODY,
    ("delete", "/api/learning/facts/{fact_id}"): OWN,
    ("get", "/api/webrtc/config"): ANYBODY,
    ("post", "/api/webrtc/check"): ANYBODY,
    ("get", "/api/doctor"): ADMINS_ONLY,
    # Classes
    ("get", "/api/classes"): ANYBODY,
    ("post", "/api/classes"): STAFF_ONLY,
    ("get", "/api/class-staff"): STAFF_ONLY,
    ("get", "/api/class-policy"): ANYBODY,
    ("put", "/api/class-policy"): ADMINS_ONLY,
    ("get", "/api/classes/{class_id}"): OF_A_CLASS,
    ("patch", "/api/classes/{class_id}"): OF_A_CLASS,
    ("post", "/api/classes/{class_id}/code"): OF_A_CLASS,
    ("delete", "/api/classes/{class_id}/code"): OF_A_CLASS,
    ("put", "/api/classes/{class_id}/teachers"): alone(OF_A_CLASS),
    ("put", "/api/classes/{class_id}/tutors"): alone(OF_A_CLASS),
    ("delete", "/api/classes/{class_id}/students/{person_id}"): OF_A_CLASS,
    ("get", "/api/join/{code}"): PUBLIC,
    ("post", "/api/join/{code}"): PUBLIC,
    ("get", "/api/wall"): STAFF_ONLY,
    ("get", "/api/news"): alone(ANYBODY),
    ("post", "/api/wall/{lesson_id}/messages"): alone(OF_A_CLASS),
    ("post", "/api/wall/{lesson_id}/presence"): OF_A_CLASS,
    ("delete", "/api/wall/{lesson_id}/presence"): OF_A_CLASS,
    ("get", "/api/alerts"): STAFF_ONLY,
    ("post", "/api/alerts/{alert_id}/acknowledge"): OF_A_CLASS,
    ("get", "/api/review"): STAFF_ONLY,
    ("get", "/api/review/lessons/{lesson_id}"): OF_A_CLASS,
    ("post", "/api/review/turns/{turn_id}/wrong"): OF_A_CLASS,
    ("get", "/api/review/{flag_id}"): OF_A_CLASS,
    ("patch", "/api/review/{flag_id}"): OF_A_CLASS,
    ("get", "/api/safety-contacts"): ADMINS_ONLY,
    ("post", "/api/safety-contacts"): ADMINS_ONLY,
    ("delete", "/api/safety-contacts/{contact_id}"): SCHOOLS_FOR_ADMINS,
    ("get", "/api/analytics"): STAFF_ONLY,
    ("get", "/api/analytics/table"): STAFF_ONLY,
    ("get", "/api/analytics/turns"): STAFF_ONLY,
    # Operation
    ("get", "/api/admin/deletions"): ADMINS_ONLY,
    ("post", "/api/admin/deletions"): SCHOOLS_FOR_ADMINS,
    ("delete", "/api/me"): ANYBODY,
    ("get", "/api/admin/retention"): ADMINS_ONLY,
    ("put", "/api/admin/retention"): ADMINS_ONLY,
    ("get", "/api/me/export"): ANYBODY,
    ("post", "/api/me/export"): ANYBODY,
    ("get", "/api/admin/exports"): ADMINS_ONLY,
    ("post", "/api/admin/exports"): SCHOOLS_FOR_ADMINS,
    ("get", "/api/exports/{export_id}/file"): alone(OWN),
    ("get", "/api/admin/jobs"): ADMINS_ONLY,
    ("post", "/api/admin/jobs/{job_id}/again"): SCHOOLS_FOR_ADMINS,
    ("get", "/api/admin/quotas"): ADMINS_ONLY,
    ("put", "/api/admin/quotas"): ADMINS_ONLY,
    ("get", "/api/admin/operation"): ADMINS_ONLY,
    ("patch", "/api/admin/nodes/{node_id}"): alone(ADMINS_ONLY),
}
