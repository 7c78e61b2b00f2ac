"""Frames and sound to WebRTC, and the microphone back: the media worker and everything in it.

All lessons of a worker share one UDP port and one clock. The engine speaks to the worker by `messages.py`;
nothing here knows what is said.
"""
