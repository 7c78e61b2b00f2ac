"""An idle loop being rendered to a file of raw I420, one frame at a time."""

from pathlib import Path

from tutor_engine.showing.messages import FaceReport, LoopProgress, LoopRendered, RenderLoop
from tutor_engine.showing.port import FaceEngine, FrameRequest, LoopInfo

_PROGRESS_STEPS = 20


class LoopRendering:
    """Writes below a temporary name; the target appears only when it is whole."""

    def __init__(self, number: int, command: RenderLoop, engine: FaceEngine, info: LoopInfo) -> None:
        """Begin; `number` is the performance under which the engine has opened the package.

        Raises:
            OSError: the target's folder cannot be written.
        """
        self.package = command.package
        self.target = Path(command.target)
        self._number = number
        self._engine = engine
        self._info = info
        self._next = 0
        self._open = True
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._part = self.target.with_name(f"{self.target.name}.{-number}.part")
        self._file = self._part.open("wb")

    @property
    def done(self) -> bool:
        """Whether the target is there."""
        return self._next == self._info.frames

    def step(self) -> list[FaceReport]:
        """Render the next frame and say what is to be reported.

        Raises:
            OSError: the disk is full or gone.
        """
        (frame,) = self._engine.render([FrameRequest(self._number, self._next, None)])
        self._file.write(frame.tobytes())
        self._next += 1
        info = self._info
        if not self.done:
            if self._next % max(info.frames // _PROGRESS_STEPS, 1):
                return []
            return [LoopProgress(self.package, self._next / info.frames)]
        self._finish()
        self._part.replace(self.target)
        return [
            LoopProgress(self.package, 1.0),
            LoopRendered(self.package, str(self.target), info.width, info.height, info.frames),
        ]

    def discard(self) -> None:
        """Give up: leave no half file. Idempotent; does nothing to a finished loop."""
        self._finish()
        self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self._open:
            self._open = False
            self._file.close()
            self._engine.close(self._number)
