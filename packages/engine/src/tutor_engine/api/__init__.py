"""HTTP and WebSocket edge: keys, limits, frames to protocol and back. No logic lives here."""
