"""An avatar package: a folder that holds one face, content-addressed, the same for every face engine.

`avatar.json` names everything else in the folder. Kinds: `drawn` (one of our drawn tutors; nothing but the
name), `photo` (`photo.png` + `track.npz`), `video` (`video.mp4` + `track.npz`, and `official.safetensors`
when latents were imported with it); `poster.png` is the face at rest. What an engine keeps of its own beside
these files is not in the manifest, and goes with the folder.
"""

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

SCHEMA_VERSION = 1

MANIFEST_FILE = "avatar.json"
PHOTO_FILE = "photo.png"
VIDEO_FILE = "video.mp4"
TRACK_FILE = "track.npz"
OFFICIAL_FILE = "official.safetensors"
POSTER_FILE = "poster.png"


class AvatarFile(msgspec.Struct, frozen=True):
    """A file of the package and its hash."""

    name: str
    sha256: str


class AvatarManifest(msgspec.Struct, frozen=True):
    """Content of `avatar.json`."""

    schema_version: int
    kind: Literal["drawn", "photo", "video"]
    width: int
    height: int
    fps: int
    drawing: str | None = None
    files: list[AvatarFile] = []
    source: str = ""
    """Where the face comes from, in words, for the AI label and the consent record."""


class PackageBroken(Exception):
    """The folder is no package of this version, or a file does not match its hash."""


def read_manifest(folder: Path) -> AvatarManifest:
    """Read and check `avatar.json`.

    Raises:
        PackageBroken: missing, unreadable, or of another schema version.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=AvatarManifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise PackageBroken(f"{folder}: {error}") from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise PackageBroken(f"{folder}: schema version {manifest.schema_version}, expected {SCHEMA_VERSION}")
    return manifest


def verify_files(folder: Path, manifest: AvatarManifest) -> None:
    """Check every file of the package against its hash.

    Raises:
        PackageBroken: a file is missing, changed, or named outside the folder.
    """
    for file in manifest.files:
        if Path(file.name).name != file.name:
            raise PackageBroken(f"{folder}: {file.name!r} is no plain file name")
        try:
            digest = hashlib.sha256((folder / file.name).read_bytes()).hexdigest()
        except OSError as error:
            raise PackageBroken(f"{folder}: {error}") from error
        if digest != file.sha256:
            raise PackageBroken(f"{folder}: {file.name} is damaged")
