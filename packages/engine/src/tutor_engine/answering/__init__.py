"""Words in, a stream of answer text with citations out. See `port.py` for the promise."""
