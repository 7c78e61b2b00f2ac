"""Whether words are an earlier question that went on: the student paused, and the engine joined both parts.

Letters and digits decide; a recogniser may set other marks and capitals once it knows the whole.
"""


def goes_on(part: str, whole: str) -> bool:
    """Whether `whole` begins with all words of `part` and has more."""
    before, after = _letters(part), _letters(whole)
    return bool(before) and len(after) > len(before) and after.startswith(before)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
