# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Sentences that lean on the one before: which do, and which first words can be left out of a quotation.

Pure functions over single sentences, English and Chinese.
"""

import re
from functools import lru_cache

_PRONOUN = re.compile(
    r"(?:this|that|these|those|it|they|its|their|he|she|his|her|both|another|here|such|the (?:first|second|latter|former|same)\b)\b(?! (?:is|was) (?:a fact|true|clear|important|possible|necessary) that\b)"
    r"|(?:这|那(?!么)|它|他|她|其(?!实|他)|前者|后者|两者|书中|古人因此)",
    re.IGNORECASE,
)
_INNER_PRONOUN = re.compile(r"[^，。；]{2,12}[，,](?:他|她|它)(?!们?的?[人方])")
"""“In spring, he and his friends …”: whom it speaks of, the sentence before told."""
_CONNECTIVE = re.compile(
    r"(?:therefore|thus|hence|however|nevertheless|moreover|furthermore|in addition|additionally|similarly|consequently|as a result|for this reason|because of (?:this|that)|in other words|in short|on the other hand|meanwhile|besides|likewise|for example|for instance|in fact)\s*,\s*"
    r"|(?:and|but|so|or|yet|thus|hence|therefore|then)\s*,?\s+(?!that\b|far\b|many\b|much\b|as\b|on\b|forth\b|called\b)"
    r"|(?:因此|所以|但是|可是|然而|不过|于是|另外|此外|而且|并且|同样|例如|比如|总之|换句话说|也就是说|由此可见)[，,]?"
    r"|(?:但|而)(?=[\u4e00-\u9fff])(?!言)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:also|later|similarly|instead|otherwise|in this|in symbols|the law says|you know the same|this is why|that is why)\b|(?:并|否则|如果没有|后来|然后|一种解法|还有|同时)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8_192)
def leans(words: str) -> bool:
    """Whether a sentence needs the one before it to be understood."""
    return any(rule.match(words) for rule in (_PRONOUN, _CONNECTIVE, _OTHER, _INNER_PRONOUN))


@lru_cache(maxsize=8_192)
def pronoun(words: str) -> bool:
    """Whether a sentence begins with a word that stands for something said before."""
    return _PRONOUN.match(words) is not None or _INNER_PRONOUN.match(words) is not None


def connective(raw: str) -> int:
    """How many characters of “Therefore, ” or “因此，” a quotation can begin after; 0: it begins with something else."""
    found = _CONNECTIVE.match(raw)
    return found.end() if found and len(raw) - found.end() >= 6 else 0
