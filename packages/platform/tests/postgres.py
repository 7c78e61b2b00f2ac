"""A throw-away PostgreSQL cluster, run by an ordinary user on a socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier


def binaries() -> Path | None:
    """The folder with `initdb`; None when PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    if installed:
        return installed[-1].parent
    return Path(found).resolve().parent if found else None


class Cluster:
    """Makes databases."""

    def __init__(self, folder: Path, bin_dir: Path) -> None:
        self._folder = folder
        self._bin = bin_dir
        self._made = 0

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            # The server refuses to run as root; the package's own user is an ordinary one.
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=self._folder)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def restart(self) -> None:
        """As after a crash: connections break, what was stored is there."""
        data, log = str(self._folder / "data"), str(self._folder / "log")
        # With a log file: a server that inherits our pipes would keep this call waiting for ever.
        self.run("pg_ctl", "-D", data, "-w", "-m", "immediate", "-l", log, "restart")

    def create(self, template: str = "template1") -> str:
        """A fresh database; returns its name."""
        self._made += 1
        name = f"test_{self._made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
            )
        return name


@contextmanager
def cluster(bin_dir: Path) -> Generator[Cluster]:
    """A running cluster; stopped and deleted at the end."""
    # Short, because a socket's path may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="tutor-pg-"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    made = Cluster(folder, bin_dir)
    try:
        data = str(folder / "data")
        made.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        made.run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield made
        finally:
            made.run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
