"""A teacher's documents: read, cut into passages with page numbers, and found again. Start with `service.py`."""
