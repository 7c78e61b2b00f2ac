"""Events and metrics of the engine. Student speech, names and prompts never reach either."""

from tutor_engine.telemetry.logs import configure_logs
from tutor_engine.telemetry.marks import Marks

__all__ = ["Marks", "configure_logs"]
