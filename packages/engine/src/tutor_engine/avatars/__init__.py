"""From an uploaded photo or video to an avatar package that every face engine can show; and their store."""
