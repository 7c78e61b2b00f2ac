"""From an avatar package to a puppet's body, by the kind its manifest names."""

from pathlib import Path

from tutor_engine.avatars.package import PackageBroken, read_manifest
from tutor_engine.showing.port import AvatarUnusable
from tutor_engine.showing.puppet.body import Body


def open_package(package: Path) -> Body:
    """Make the body of a package; takes up to a few seconds.

    Raises:
        AvatarUnusable: the package is broken, or of a kind no body can be made of.
    """
    try:
        manifest = read_manifest(package)
        if manifest.kind == "drawn":
            return _drawn(manifest.drawing)
        from tutor_engine.showing.puppet.opening import open_body

        return open_body(package)
    except (PackageBroken, OSError, ValueError) as error:
        raise AvatarUnusable(str(error)) from error


def _drawn(drawing: str | None) -> Body:
    from tutor_engine.showing.puppet.drawings.character import CHARACTERS
    from tutor_engine.showing.puppet.drawn import DrawnBody

    if drawing not in CHARACTERS:
        raise AvatarUnusable(f"no drawing named {drawing!r}; there are {', '.join(sorted(CHARACTERS))}")
    return DrawnBody(drawing)
