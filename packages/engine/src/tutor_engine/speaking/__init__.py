"""The tutor's voice: an answer stream becomes sound with timed words and phonemes.

`stage.py` drives it, `port.py` says what a voice promises, the other files are voices and the text work
between a written answer and what is said aloud. Nothing here knows of lessons, faces or networks of peers.
"""
