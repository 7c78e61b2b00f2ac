"""Sound of lessons that both sides agreed to record: asked, granted, kept, played, deleted."""
