"""The two keys of a student who decides when a turn is over: one to talk, one to think."""

from enum import Enum, auto


class Key(Enum):
    """What a student does with them."""

    TALK = auto()
    TALKED = auto()
    """Let go."""
    THINK = auto()
    THOUGHT = auto()
    """Let go."""
