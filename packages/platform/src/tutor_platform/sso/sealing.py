"""Secrets that must be read again later are kept encrypted; the key lies beside the database, not in it."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

from tutor_platform.kit.errors import AccountRefused

KEY_FILE = "secret.key"


class Sealer:
    """Encrypts and decrypts with one key (AES-128-CBC and HMAC-SHA256, as Fernet specifies)."""

    def __init__(self, key: str) -> None:
        # Imported here: importing the platform stays cheap.
        from cryptography.fernet import Fernet

        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def seal(self, secret: str) -> str:
        """What may be stored."""
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again.

        Raises:
            AccountRefused: it was sealed with another key.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise AccountRefused("provider_unreachable", 502, "sealed with another key") from error


def key_of(folder: Path) -> str:
    """The key of this data folder; made on the first call, readable by its owner only."""
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text("ascii").strip()
