"""One live lesson: the stages wired together, its seat, its sockets and its media connection.

This is the only place where stages meet. Lesson is not connection: sockets and peers come and go, the lesson
(conversation, history) stays until it is ended or falls silent for too long.
"""
