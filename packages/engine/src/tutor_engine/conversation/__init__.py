"""Whose turn it is, what was heard, what comes next.

Sans-I/O: `Conversation.take(event)` returns effects and changes nothing else in the world. No clock, no task,
no queue; every moment that matters arrives as an event.
"""

from tutor_engine.conversation.floor import Floor
from tutor_engine.conversation.machine import Conversation

__all__ = ["Conversation", "Floor"]
