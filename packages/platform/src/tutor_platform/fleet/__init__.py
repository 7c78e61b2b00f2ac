"""Engine nodes: which there are, how they are, and which of them serves a lesson."""
