"""How long things are kept, and deletion that leaves nothing: rows, files, copies in the engine."""
