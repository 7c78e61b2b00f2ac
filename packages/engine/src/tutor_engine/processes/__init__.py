"""Child processes of the engine node: how one is started, watched, spoken to and replaced.

Media, faces, the espeak-ng voice and the pocketsphinx recogniser each run in a process of their own; all
of them are started here and speak length-prefixed msgpack over a socket pair. Nothing here knows what the
messages mean.
"""

from tutor_engine.processes.channel import Channel, ChannelClosed
from tutor_engine.processes.child import Child, serve_child
from tutor_engine.processes.collector import Collector

__all__ = ["Channel", "ChannelClosed", "Child", "Collector", "serve_child"]
