"""A teacher's documents: read, cut into passages with page numbers, found again. Start with `service.py`."""
