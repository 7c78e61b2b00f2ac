"""The application with its OpenAPI description: every request body carries an example that the server takes.

An example stands at its model when it explains something there; the plain ones stand here together.
"""

from typing import Any

from fastapi import FastAPI

from tutor_protocol.http import ErrorBody

ID = "01jd5c3v1m9q6p0w2x8y4z7k5r"

EXAMPLES: dict[str, dict[str, Any]] = {
    "Acknowledgement": {"note": "Spoke with her and her mother; she is safe."},
    "ClassChange": {"term": "Summer 2027"},
    "ClassPolicyView": {"words_on_wall": True, "names_in_review": True},
    "ClassRequest": {"name": "7b Astronomy", "language": "en", "term": "Spring 2027"},
    "ConnectionCheck": {"sdp": "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"},
    "ContactRequest": {"name": "Dr Mei Wang", "email": "care@school.example"},
    "DocumentChange": {"title": "Our solar system, second edition"},
    "DraftStep": {"revision": 3},
    "FaceChange": {"name": "Mr Okafor in the lab"},
    "FactRequest": {"content": "I play the violin."},
    "FlagChange": {"status": "solved", "note": "The handout says so on page 4."},
    "InvitationAcceptance": {
        "token": "qD0nJt6oPp0l9d8Qk1s2u3v4w5x6y7z8A9B0C1D2E3F",
        "name": "Ana Silva",
        "username": "ana.silva",
        "password": "seven green lamps",
        "language": "en",
    },
    "InvitationToken": {"token": "qD0nJt6oPp0l9d8Qk1s2u3v4w5x6y7z8A9B0C1D2E3F"},
    "ImportRequest": {
        "csv": "name,username\nAna Silva,ana.silva\nLi Wei,li.wei\n",
        "role": "student",
        "language": "en",
    },
    "LearningChange": {"remember": True},
    "LessonChange": {"mode": "quiz"},
    "LessonRequest": {"tutor_id": ID, "mode": "socratic"},
    "LibraryChange": {"name": "Space, years 7 to 9"},
    "LibraryRequest": {"name": "Space", "language": "en"},
    "MessageRequest": {"content": "Well done. Have a look at page 4 next."},
    "NewInvitation": {"role": "teacher", "label": "Physics department", "days": 7},
    "NewPerson": {"name": "Ana Silva", "username": "ana.silva", "role": "student", "language": "en"},
    "NewProvider": {
        "name": "School account",
        "issuer": "https://login.school.example",
        "client_id": "virtual-tutor",
        "client_secret": "given-by-the-organisation",
        "domains": ["school.example"],
        "default_role": "student",
    },
    "NewTutor": {"name": "Nova", "language": "en"},
    "Opened": {"document": ID, "page": 4},
    "PasswordChange": {"present": "seven green lamps", "password": "eight quiet lanterns"},
    "PersonChange": {"language": "zh"},
    "PersonEdit": {"name": "Ana Maria Silva"},
    "PolicyView": {"consent": "recorded", "approval": True},
    "ProblemRequest": {"category": "wrong", "content": "Jupiter has more moons than that.", "facts": {}},
    "ProviderEdit": {"listed": False},
    "Question": {"question": "How many moons has Mars?", "limit": 5},
    "RecordingConsentChange": {"consent": True},
    "RecordingPolicyView": {"allowed": True},
    "RecordingWishChange": {"asked": True},
    "Return": {"code": "given-by-the-organisation", "state": "given-by-the-start"},
    "SignInRequest": {"username": "ana.silva", "password": "seven green lamps"},
    "SoundRequest": {"media_type": "audio/webm"},
    "Statement": {
        "signer": "Chidi Okafor",
        "phrase": "amber river seven stones",
        "statement": "I am the person in this picture and agree to its use as a tutor's face.",
    },
    "TeacherChoice": {"person_ids": [ID]},
    "TeachersChange": {"teacher_ids": [ID]},
    "TutorChange": {"mode": "quiz", "pace": 1.2, "push_to_talk": True},
    "TutorChoice": {"tutor_ids": [ID]},
    "VoicePreview": {"voice": "en-gb", "language": "en", "text": "Good morning. Shall we begin?"},
    "WrongAnswer": {"words": "The library says two moons."},
    "DraftSave": {
        "revision": 3,
        "content": {
            "name": "Nova",
            "language": "en",
            "avatar_id": "ada",
            "subject": "Space",
            "persona": "Patient, precise, fond of small experiments.",
            "greeting": "Hello! What have you been wondering about?",
        },
    },
}


REFUSAL = {
    "description": "A refusal: a stable code, a sentence in the reader's language, a number to quote.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}


class DescribedApp(FastAPI):
    """FastAPI, with an example for every request body, and with our own refusals in the place of its 422."""

    def openapi(self) -> dict[str, Any]:
        """The description of all operations."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("ErrorBody", _refusal_schema(schemas))
        for methods in document.get("paths", {}).values():
            for operation in methods.values():
                responses: dict[str, Any] = operation.setdefault("responses", {})
                responses.pop("422", None)
                responses.setdefault("4XX", REFUSAL)
                responses.setdefault("5XX", REFUSAL)
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for name, schema in schemas.items():
            example = EXAMPLES.get(name.rpartition("__")[2])
            if example is not None and "examples" not in schema:
                schema["examples"] = [example]
        return document


def _refusal_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    schema = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, part in schema.pop("$defs", {}).items():
        schemas.setdefault(name, part)
    return schema
