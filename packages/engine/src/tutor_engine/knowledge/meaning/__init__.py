"""Vectors of passages and questions, made here or by a server, and a second look at what was found."""
