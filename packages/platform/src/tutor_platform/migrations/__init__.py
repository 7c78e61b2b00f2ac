"""The database's history, applied at start."""
