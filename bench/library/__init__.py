"""Benchmarks of the library: reading documents, searching, answering from them."""
