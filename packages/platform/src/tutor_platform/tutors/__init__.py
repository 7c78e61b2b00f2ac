"""Tutors: a name, a persona, a voice, a face and a library."""
