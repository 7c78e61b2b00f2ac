"""The ways in which a tutor can teach, and the bounds of its patience; the engine knows the same words."""

from typing import Literal, get_args

Mode = Literal["explain", "socratic", "quiz", "practice"]

MODES: tuple[Mode, ...] = get_args(Mode)
MODE_CHARS = 10
USUAL_MODE: Mode = "explain"
MODE_CHECK = "mode IN (" + ", ".join(f"'{mode}'" for mode in MODES) + ")"
"""The database's own check of a column named `mode`."""

MIN_PACE = 0.2
MAX_PACE = 5.0
USUAL_PACE = 1.0
PACE_CHECK = f"pace BETWEEN {MIN_PACE} AND {MAX_PACE}"

AgeBand = Literal["6-9", "10-13", "14-18", "adult"]
"""Whom a tutor speaks to."""
AGE_BAND_CHARS = 10
