"""Hearing: a student's sound becomes words, with the times at which voice, turn and decoding ended.

Voice detection, end of turn and recognition are ports with adapters; the stage joins them and knows nothing
of other stages.
"""
