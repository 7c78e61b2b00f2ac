"""coturn started and watched by the engine, with a configuration rendered anew at each start."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tutor_engine.deploy.coturn import CoturnOptions, Supervision, render_coturn
from tutor_engine.deploy.files import write_private
from tutor_engine.processes.program import Level, Program

EXECUTABLE = "turnserver"
PID_FILE = "turnserver.pid"


def coturn_executable() -> str | None:
    """Where coturn is, when it is installed."""
    return shutil.which(EXECUTABLE)


def supervised_coturn(
    executable: str, options: CoturnOptions, folder: Path, on_restart: Callable[[], None] = lambda: None
) -> Program:
    """Write the configuration into `folder` and prepare coturn to run with it.

    Raises:
        ValueRefused: the options make no configuration.
    """
    folder = folder.resolve()
    files = Supervision(str(folder / PID_FILE), str(folder / "turndb"))
    configuration = folder / "turnserver.conf"
    write_private(configuration, render_coturn(replace(options, supervision=files)))
    return Program(
        "coturn", [executable, "-c", str(configuration)], level_of=line_level, on_restart=on_restart
    )


def line_level(line: str) -> Level:
    """How loudly a line of coturn is repeated; it greets with fifty that only a debugger wants."""
    if "peer IP" in line and "denied" in line:
        return "info"  # the rules at work; doctor and strangers cause it alike
    if "ERROR" in line or "Cannot" in line:
        return "error"
    return "warning" if "WARNING" in line else "debug"
