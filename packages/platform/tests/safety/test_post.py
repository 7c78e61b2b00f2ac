"""Letters about urgent alerts: sent over SMTP, tried again, given up; never with the student's words."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy

import pytest
from packages.platform.tests.classes.room import make_room
from packages.platform.tests.safety.test_alerts import lesson_in, raise_alert
from packages.platform.tests.serving import free_port
from packages.platform.tests.town import Town
from sqlalchemy import select

from tutor_platform.safety.models import Letter
from tutor_platform.safety.post import FIRST_RETRY_S, MAX_TRIES, MailServer, PostOffice


class MailBox:
    """A mail server that takes letters, or refuses them."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refuses = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[int]:
        port = free_port()
        server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        async with server:
            yield port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        body: list[str] | None = None
        while line := (await reader.readline()).decode():
            if body is not None:
                if line == ".\r\n":
                    self.letters.append("".join(body))
                    body = None
                    writer.write(b"250 taken\r\n")
                else:
                    body.append(line)
                continue
            verb = line[:4].upper().strip()
            if verb == "DATA":
                body = []
            answers = {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
            refused = self.refuses and verb == "RCPT"
            writer.write(b"451 later\r\n" if refused else answers.get(verb, b"250 fine\r\n"))
            if verb == "QUIT":
                break
        await writer.drain()
        writer.close()


def test_the_address_of_a_mail_server() -> None:
    server = MailServer.from_url("smtp+starttls://me%40x:p%3Aw@mail.example?from=tutor@school.example")
    assert (server.host, server.port, server.scheme) == ("mail.example", 587, "smtp+starttls")
    assert (server.username, server.password, server.sender) == ("me@x", "p:w", "tutor@school.example")
    assert MailServer.from_url("smtps://mail.example").sender == "virtual-tutor@mail.example"
    for wrong in ("mail.example", "http://mail.example", "smtp://"):
        with pytest.raises(ValueError, match="PLATFORM_SMTP_URL"):
            MailServer.from_url(wrong)


async def urgent(town: Town) -> None:
    room = await make_room(town)
    admin = await town.signed_in("admin@here")
    await admin.http.post("/api/safety-contacts", json={"name": "N", "email": "nurse@school.example"})
    await raise_alert(town, await lesson_in(room), "self_harm", "secret words")


async def letters(town: Town) -> list[Letter]:
    async with town.database.reading() as db:
        return list(await db.scalars(select(Letter)))


async def test_a_letter_is_sent_once_and_says_nothing_of_what_was_said(town: Town) -> None:
    await urgent(town)
    box = MailBox()
    later = datetime.now(UTC) + timedelta(seconds=1)
    async with box.open() as port:
        server = MailServer.from_url(f"smtp://127.0.0.1:{port}?from=tutor@school.example")
        office = PostOffice(town.database, server, "https://tutor.school.example", lambda: later)
        assert await office.send_due() == 1
        assert await office.send_due() == 0
    message = message_from_string(box.letters[0], policy=policy.default)
    assert (message["To"], message["From"]) == ("nurse@school.example", "tutor@school.example")
    text = message.get_content()
    assert "https://tutor.school.example" in text
    assert "提醒" in text
    assert "secret" not in text
    assert "Student" not in text
    (letter,) = await letters(town)
    assert (letter.sent_at, letter.due_at, letter.tries) == (later, None, 1)
    admin = await town.signed_in("admin@here")
    assert (await admin.http.get("/api/alerts")).json()["alerts"][0]["letters_sent"] == 1


async def test_what_is_refused_is_tried_again_and_then_given_up(town: Town) -> None:
    await urgent(town)
    now = datetime.now(UTC) + timedelta(seconds=1)
    box = MailBox()
    box.refuses = True
    async with box.open() as port:
        server = MailServer.from_url(f"smtp://127.0.0.1:{port}")
        for tries in range(1, MAX_TRIES):
            at = now
            assert await PostOffice(town.database, server, "", lambda at=at: at).send_due() == 0
            (letter,) = await letters(town)
            assert letter.due_at is not None
            assert letter.due_at - now == timedelta(seconds=FIRST_RETRY_S * 2 ** (tries - 1))
            now = letter.due_at
        assert await PostOffice(town.database, server, "", lambda: now).send_due() == 0
    (letter,) = await letters(town)
    assert (letter.due_at, letter.sent_at, letter.tries) == (None, None, MAX_TRIES)


async def test_a_mail_server_that_is_away_loses_nothing(town: Town) -> None:
    await urgent(town)
    now = datetime.now(UTC) + timedelta(seconds=1)
    away = MailServer.from_url(f"smtp://127.0.0.1:{free_port()}")
    assert await PostOffice(town.database, away, "", lambda: now).send_due() == 0
    box = MailBox()
    async with box.open() as port:
        office = PostOffice(
            town.database,
            MailServer.from_url(f"smtp://127.0.0.1:{port}"),
            "",
            lambda: now + timedelta(hours=1),
        )
        assert await office.send_due() == 1
