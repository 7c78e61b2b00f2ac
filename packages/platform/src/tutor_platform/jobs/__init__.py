"""Work that outlives a request: enqueued with what it belongs to, retried, seen when it fails for good."""
