"""Sends the letters about urgent alerts, where the operator has named a mail server.

A letter says that there is an alert and where to look, never what was said. What cannot be sent is tried
again, later each time, also after a restart; after `MAX_TRIES` it is given up and logged. The alert waits on
the page all the same.
"""

import asyncio
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.safety import repository
from tutor_platform.safety.models import Letter

log = structlog.get_logger(__name__)

LOOK_S = 5.0
AT_ONCE = 20
MAX_TRIES = 8
FIRST_RETRY_S = 30
"""Doubles with each try; eight tries are two hours."""
SEND_S = 20.0
SUBJECT = "Virtual Tutor: an urgent alert waits · 有一条紧急提醒"
TEXT = """An urgent alert about a student's lesson waits for you in Virtual Tutor.
Please sign in and open Alerts.
{address}

Virtual Tutor 中有一条关于学生课堂的紧急提醒。请登录并打开“提醒”页面查看。

Number · 编号: {alert_id}
"""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters go out; `smtp+starttls` begins in the clear and encrypts before the password."""

    host: str
    port: int
    scheme: str
    username: str
    password: str
    sender: str

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read the address of a mail server.

        Raises:
            ValueError: it is none.
        """
        parts = urlsplit(url)
        usual = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
        if parts.scheme not in usual or not parts.hostname:
            raise ValueError("PLATFORM_SMTP_URL is not smtp://, smtp+starttls:// or smtps:// with a host")
        sender = parse_qs(parts.query).get("from", [""])[0]
        return cls(
            host=parts.hostname,
            port=parts.port or usual[parts.scheme],
            scheme=parts.scheme,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender or f"virtual-tutor@{parts.hostname}",
        )

    def send(self, message: EmailMessage) -> None:
        """Hand one message over; takes up to `SEND_S`, so call it off the loop.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        kind = smtplib.SMTP_SSL if self.scheme == "smtps" else smtplib.SMTP
        with kind(self.host, self.port, timeout=SEND_S) as server:
            if self.scheme == "smtp+starttls":
                server.starttls()
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message)


class PostOffice:
    """Sends what is due; run `keep` in a task."""

    def __init__(self, database: Database, server: MailServer, address: str, clock: Clock) -> None:
        self._database = database
        self._server = server
        self._address = address
        self._clock = clock

    async def keep(self) -> None:
        """Send what is due, again and again."""
        while True:
            try:
                await self.send_due()
            except (SQLAlchemyError, OSError):
                # Nothing is lost: the letters stay due.
                log.exception("letters_not_read")
            await asyncio.sleep(LOOK_S)

    async def send_due(self) -> int:
        """Try every letter that is due once; returns how many were sent."""
        async with self._database.reading() as db:
            due = await repository.due_letters(db, self._clock(), AT_ONCE)
        sent = 0
        for letter, alert in due:
            trouble = await self._try(letter.email, alert.id)
            await self._settle(letter, trouble)
            sent += trouble is None
        return sent

    async def _try(self, email: str, alert_id: str) -> str | None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, email, SUBJECT
        message.set_content(TEXT.format(address=self._address, alert_id=alert_id))
        try:
            await asyncio.to_thread(self._server.send, message)
        except (OSError, smtplib.SMTPException) as error:
            return type(error).__name__
        return None

    async def _settle(self, letter: Letter, trouble: str | None) -> None:
        now = self._clock()
        async with self._database.writing() as db:
            kept = await repository.letter(db, letter.id)
            if kept is None or kept.sent_at is not None:
                return
            kept.tries += 1
            if trouble is None:
                kept.sent_at, kept.due_at = now, None
            elif kept.tries >= MAX_TRIES:
                kept.due_at = None
                log.error("letter_given_up", alert=kept.alert_id, reason=trouble)
            else:
                kept.due_at = now + timedelta(seconds=FIRST_RETRY_S * 2 ** (kept.tries - 1))
                log.warning("letter_waits", alert=kept.alert_id, reason=trouble, tries=kept.tries)
