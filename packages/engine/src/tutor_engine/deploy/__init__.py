"""Configuration files of the programs beside the engine (coturn, frp), rendered from its settings.

Rendering is pure: values in, text out. Files that hold a secret are written for their owner alone.
"""
