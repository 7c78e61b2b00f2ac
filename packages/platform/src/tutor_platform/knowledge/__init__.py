"""Original documents of the tutors, and their way into the engine's knowledge bases."""
