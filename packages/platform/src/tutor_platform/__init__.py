"""The platform: people, tutors, lessons and their records; serves the web app, stands before the engine."""

__version__ = "0.1.0"
