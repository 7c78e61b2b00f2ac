"""Figures of avatars: puppet, gates, intake, memory, MuseTalk."""
