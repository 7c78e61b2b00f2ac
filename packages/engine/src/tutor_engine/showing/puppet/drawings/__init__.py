"""Our own drawn tutors: the brushes, the features that move, and one module per character.

Everything is painted from curves when a body is built; there are no picture files, and nobody's likeness.
"""
