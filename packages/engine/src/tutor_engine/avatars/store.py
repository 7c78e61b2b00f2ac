"""The avatars of a node: names that lead to content-addressed packages.

`<folder>/packages/<digest>/` holds each package once however many names it has; `<folder>/names/<id>.json`
says which package a name means; `<folder>/built-in/<id>/` holds the drawn tutors, which nobody can remove.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tutor_engine.avatars.package import (
    MANIFEST_FILE,
    POSTER_FILE,
    AvatarManifest,
    PackageBroken,
    read_manifest,
    verify_files,
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


class AvatarMissing(Exception):
    """No avatar of this name."""


class AvatarNameRefused(Exception):
    """The name is taken by a built-in avatar, or has characters that a file name should not have."""


class _Name(msgspec.Struct, frozen=True):
    package: str


@dataclass(frozen=True, slots=True)
class StoredAvatar:
    """One avatar of the store."""

    avatar_id: str
    package: Path
    manifest: AvatarManifest
    built_in: bool

    @property
    def poster(self) -> Path | None:
        """A picture of the face at rest, if there is one."""
        path = self.package / POSTER_FILE
        return path if path.is_file() else None


class AvatarStore:
    """The avatars under one folder. Safe for several processes: changes take turns, each is one rename."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packages, self._names = folder / "packages", folder / "names"
        self.built_in = folder / "built-in"
        """Where the packages of the drawn tutors are written, one folder per name."""
        self.drafts = folder / "drafts"
        """Where packages are made before they are added; on the same disk."""
        self._findings = folder / "findings"

    def list(self) -> list[StoredAvatar]:
        """All avatars that can be shown, the built-in ones first."""
        names = sorted(path.name for path in self.built_in.glob("*") if (path / MANIFEST_FILE).is_file())
        names += sorted(path.stem for path in self._names.glob("*.json") if path.stem not in names)
        found: list[StoredAvatar] = []
        for name in names:
            try:
                found.append(self.get(name))
            except (AvatarMissing, PackageBroken):
                continue
        return found

    def get(self, avatar_id: str) -> StoredAvatar:
        """One avatar.

        Raises:
            AvatarMissing: no such name.
            PackageBroken: its package is damaged.
        """
        if not _NAME.match(avatar_id):
            raise AvatarMissing(avatar_id)
        drawn = self.built_in / avatar_id
        if (drawn / MANIFEST_FILE).is_file():
            return StoredAvatar(avatar_id, drawn, read_manifest(drawn), built_in=True)
        try:
            name = msgspec.json.decode((self._names / f"{avatar_id}.json").read_bytes(), type=_Name)
        except FileNotFoundError as error:
            raise AvatarMissing(avatar_id) from error
        except (OSError, msgspec.MsgspecError) as error:
            raise PackageBroken(f"{avatar_id}: {error}") from error
        package = self._packages / name.package
        return StoredAvatar(avatar_id, package, read_manifest(package), built_in=False)

    def check_name(self, avatar_id: str) -> None:
        """Refuse a name before any work is done for it.

        Raises:
            AvatarNameRefused: built in, or not made of letters, digits, dot, dash and underscore.
        """
        if not _NAME.match(avatar_id):
            raise AvatarNameRefused(
                f"{avatar_id!r}: use up to 64 letters, digits, dots, dashes or underscores"
            )
        if (self.built_in / avatar_id).exists():
            raise AvatarNameRefused(f"{avatar_id!r} is a built-in avatar")

    @contextmanager
    def draft(self) -> Generator[Path]:
        """A folder to make a package in; what is left of it goes at the end, or with the next `sweep`."""
        self.drafts.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=self.drafts))
        try:
            with _held(draft):
                yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what processes that were killed left behind: drafts, and packages without a name."""
        for draft in self.drafts.glob("*"):
            with suppress(OSError), _held(draft, wait=False):
                shutil.rmtree(draft, ignore_errors=True)
        if not self._packages.is_dir():
            return
        with self._turn():
            for package in self._packages.glob("*"):
                self._drop_unnamed(package.name)
            for half in self._names.glob(".*"):
                half.unlink(missing_ok=True)

    def add(self, avatar_id: str, draft: Path) -> StoredAvatar:
        """Take over a finished package folder under a name; a package of that name is replaced.

        Raises:
            AvatarNameRefused: see `check_name`.
            PackageBroken: the draft does not match its manifest.
        """
        self.check_name(avatar_id)
        manifest = read_manifest(draft)
        verify_files(draft, manifest)
        with self._turn():
            return self._add(avatar_id, draft, manifest)

    def _add(self, avatar_id: str, draft: Path, manifest: AvatarManifest) -> StoredAvatar:
        digest = hashlib.sha256((draft / MANIFEST_FILE).read_bytes()).hexdigest()[:32]
        package = self._packages / digest
        self._packages.mkdir(parents=True, exist_ok=True)
        self._names.mkdir(parents=True, exist_ok=True)
        if package.exists():
            shutil.rmtree(draft)
        else:
            draft.rename(package)
        before = self._package_of(avatar_id)
        fresh = self._names / f".{avatar_id}.{os.getpid()}"
        fresh.write_bytes(msgspec.json.encode(_Name(digest)))
        fresh.replace(self._names / f"{avatar_id}.json")
        if before is not None and before != digest:
            self._drop_unnamed(before)
        return StoredAvatar(avatar_id, package, manifest, built_in=False)

    def delete(self, avatar_id: str) -> None:
        """Forget a name, and its package when no other name means it.

        Raises:
            AvatarMissing: no such name.
            AvatarNameRefused: built in.
        """
        self.forget_findings(avatar_id)
        digest = self._package_of(avatar_id) if _NAME.match(avatar_id) else None
        if digest is None:
            if _NAME.match(avatar_id) and (self.built_in / avatar_id).exists():
                raise AvatarNameRefused(f"{avatar_id!r} is a built-in avatar")
            raise AvatarMissing(avatar_id)
        with self._turn():
            (self._names / f"{avatar_id}.json").unlink(missing_ok=True)
            self._drop_unnamed(digest)

    def keep_findings(self, avatar_id: str, draft: Path) -> None:
        """Keep the frames that the intake's remarks speak of, in place of earlier ones of this name."""
        if not _NAME.match(avatar_id):
            return
        kept = self._findings / avatar_id
        shutil.rmtree(kept, ignore_errors=True)
        frames = sorted(draft.glob("finding-*.jpg"))
        if frames:
            kept.mkdir(parents=True, exist_ok=True)
        for frame in frames:
            frame.replace(kept / frame.name)

    def finding(self, avatar_id: str, number: int) -> Path | None:
        """The frame that a remark about an upload speaks of, if it was kept."""
        if not _NAME.match(avatar_id):
            return None
        path = self._findings / avatar_id / f"finding-{number}.jpg"
        return path if path.is_file() else None

    def forget_findings(self, avatar_id: str) -> None:
        """Delete the frames kept of an upload."""
        if _NAME.match(avatar_id):
            shutil.rmtree(self._findings / avatar_id, ignore_errors=True)

    @contextmanager
    def _turn(self) -> Generator[None]:
        """One process at a time changes which package a name means."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _held(self._folder):
            yield

    def _package_of(self, avatar_id: str) -> str | None:
        try:
            return msgspec.json.decode((self._names / f"{avatar_id}.json").read_bytes(), type=_Name).package
        except (OSError, msgspec.MsgspecError):
            return None

    def _drop_unnamed(self, digest: str) -> None:
        named = {self._package_of(path.stem) for path in self._names.glob("*.json")}
        if digest not in named:
            shutil.rmtree(self._packages / digest, ignore_errors=True)


@contextmanager
def _held(folder: Path, *, wait: bool = True) -> Generator[None]:
    """A folder that is ours alone among those who hold folders; the system lets go when we die.

    Raises:
        OSError: another process has it and `wait` is off, or the folder is gone.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
