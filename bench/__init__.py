"""Benchmarks: one command each, a table each, beside a peer or a baseline in the same run.

`python -m bench` lists them; results worth keeping go to `bench/RESULTS.md` with date and machine.
"""
