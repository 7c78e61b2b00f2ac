"""What a tenant may use: lessons at once, minutes and avatar builds a month, storage."""
