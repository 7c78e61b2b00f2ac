"""Benchmarks of conversation: recognition, ends of turns, echo."""
