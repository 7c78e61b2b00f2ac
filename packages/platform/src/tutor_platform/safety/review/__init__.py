"""Turns that somebody should look at, with what stood around them. Every opening is audited."""
