"""Lessons and their turns: the record of what was asked, answered and heard."""
