"""Figures of the media worker, each beside stock aiortc in the same run: `python -m bench.media`.

Real worker processes, real sockets on loopback, real pictures and speech; only the students are lighter than
browsers. What they cost is not counted, and what else ran on the machine is printed under every table.
"""
