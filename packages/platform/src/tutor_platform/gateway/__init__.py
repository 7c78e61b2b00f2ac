"""The browser's socket to the engine: checks, stores, then passes on."""
