"""Serves the built web app: hashed files for ever, the rest fresh, `index.html` for every page's address.

Only files inside the folder are served, and none whose name begins with a dot.
"""

from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tutor_platform.kit.errors import NotFound

IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "no-cache"

_NOT_BUILT = "The web app is not built. Build it, or set PLATFORM_WEB_DIR to the folder of the built app.\n"


class WebApp:
    """An ASGI application over one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise NotFound(request.url.path)
        wanted = PurePosixPath(request.url.path.lstrip("/"))
        if wanted.parts[:1] == ("api",) or any(part.startswith(".") for part in wanted.parts):
            raise NotFound(str(wanted))
        file = self._file(wanted)
        if file is not None:
            hashed = wanted.parts[:1] == ("assets",)
            return FileResponse(file, headers={"cache-control": IMMUTABLE if hashed else FRESH})
        if wanted.suffix:
            raise NotFound(str(wanted))
        index = self._file(PurePosixPath("index.html"))
        if index is None:
            return PlainTextResponse(_NOT_BUILT, 503)
        return FileResponse(index, headers={"cache-control": FRESH})

    def _file(self, wanted: PurePosixPath) -> Path | None:
        if not wanted.parts:
            return None
        try:
            file = (self._folder / wanted).resolve()
            inside = file.is_relative_to(self._folder) and file.is_file()
        except (OSError, ValueError):
            return None
        return file if inside else None
