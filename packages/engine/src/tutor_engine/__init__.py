"""Live lessons: from a student's question to a talking face. Start with `app.py`."""

__version__ = "0.1.0"
