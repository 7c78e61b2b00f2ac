"""Who did what to what, and when; never what was said."""
