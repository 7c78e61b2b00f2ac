"""The cepstral mean of a voice and its microphone, estimated from the first second of an utterance.

pocketsphinx adapts its mean while it decodes, but as if it had heard its start for five seconds already, so a
first question would be decoded with the mean of somebody else. Pure arithmetic on what the decoder reports.
"""

from collections.abc import Sequence

COEFFICIENTS = 13
NEUTRAL = (40.0, 3.0, -1.0, *[0.0] * 10)
"""The library's own start for somebody unknown; nothing is fitted to a voice."""
SUPPOSED_FRAMES = 500
"""Frames that the decoder takes its start to be worth."""
NEUTRAL_FRAMES = 40
"""Frames that the neutral start is worth: after a second the voice itself counts for 70 %."""
KNOWN_FRAMES = 200
"""Frames that the mean of a speaker's earlier utterances is worth."""

Mean = tuple[float, ...]


def parse(text: str) -> Mean:
    """As the decoder writes it: numbers and commas, later ones may be missing; empty is neutral."""
    if not text:
        return NEUTRAL
    values = [float(part) for part in text.split(",")][:COEFFICIENTS]
    return (*values, *[0.0] * (COEFFICIENTS - len(values)))


def write(mean: Sequence[float]) -> str:
    """As the decoder reads it."""
    return ",".join(f"{value:.3f}" for value in mean)


def observed(reported: Mean, start: Mean, frames: int) -> Mean:
    """The mean of the frames alone, out of the one that the decoder reports after them."""
    total = SUPPOSED_FRAMES + frames
    return tuple(
        (after * total - before * SUPPOSED_FRAMES) / frames
        for after, before in zip(reported, start, strict=True)
    )


def blended(prior: Mean, worth_frames: int, seen: Mean, frames: int) -> Mean:
    """A prior and what was seen, weighed by frames."""
    total = worth_frames + frames
    return tuple((worth_frames * a + frames * b) / total for a, b in zip(prior, seen, strict=True))
