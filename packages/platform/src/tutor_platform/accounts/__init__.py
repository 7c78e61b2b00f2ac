"""People, their passwords and their signed-in browsers."""
