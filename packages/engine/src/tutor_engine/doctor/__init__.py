"""What is wrong with this node, in words that mend it.

Each check is a small function that takes plain values, looks at one thing and returns findings; what it saw
is judged by pure functions beside it. Nothing is changed by looking, and nothing here reads the settings.
"""
