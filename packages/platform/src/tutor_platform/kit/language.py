"""Which of the two languages a sentence for this reader is written in."""

from typing import Literal

Language = Literal["en", "zh"]


def preferred(accept_language: str) -> Language:
    """The better of English and Chinese by an Accept-Language header; English when neither is named."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accept_language[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if primary in ("en", "zh") and weight > best[0]:
            best = (weight, "zh" if primary == "zh" else "en")
    return best[1]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
