"""English words -> ARPAbet phones: a dictionary first, then known parts and endings, then rules on letters.

For names and terms of a library that the recogniser's dictionary lacks, and for comparing sounds. Pure; a
wrong guess costs the recognition of that one word.
"""

import re
from collections.abc import Callable

Phones = tuple[str, ...]
Lookup = Callable[[str], Phones | None]
"""The phones of a word, or None when the dictionary lacks it."""

_VOWELS = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
)
_HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_SHORTEST_PART = 3

_RULES: dict[str, str] = {
    # Tried in this order at each place: letters, with what must stand before or after them, to phones.
    r"^(x)": "Z",
    r"^(kn|gn|pn)": "N",
    r"^(wr)": "R",
    r"^(ps)": "S",
    r"^(rh)": "R",
    r"^(mc)": "M AH K",
    r"(tion)": "SH AH N",
    r"(?<=[aeiou])(sion)": "ZH AH N",
    r"(ssion|sion|cian)": "SH AH N",
    r"(ture)": "CH ER",
    r"(cious|tious)": "SH AH S",
    r"(cial|tial)": "SH AH L",
    r"(ology)": "AA L AH JH IY",
    r"(ography)": "AA G R AH F IY",
    r"(sphere)": "S F IH R",
    r"(ous)$": "AH S",
    r"(ism)$": "IH Z AH M",
    r"(able|ible)$": "AH B AH L",
    r"(?<=[^aeiou])(le)$": "AH L",
    r"(ically)$": "IH K L IY",
    r"(ae)$": "IY",
    r"(?<=[aeiou].)(es)$": "IY Z",
    r"(igh)": "AY",
    r"(augh|ough)(?=t)": "AO",
    r"(ought)": "AO T",
    r"(eigh)": "EY",
    r"(tch)": "CH",
    r"(sch)": "SH",
    r"(sc)(?=[eiy])": "S",
    r"(ch)(?=[lr])": "K",
    r"(ch)": "CH",
    r"(ck)": "K",
    r"(dge)": "JH",
    r"(gh)(?=[aeiou])": "G",
    r"(gh)": "",
    r"(gn)$": "N",
    r"(mb)$": "M",
    r"(ng)$": "NG",
    r"(ng)(?=[kst])": "NG",
    r"(nk)": "NG K",
    r"(ph)": "F",
    r"(qu)": "K W",
    r"(sh)": "SH",
    r"(th)": "TH",
    r"(wh)": "W",
    r"(ai|ay|ei|ey)": "EY",
    r"(au|aw)": "AO",
    r"(ee|ea)": "IY",
    r"(ie)(?=[a-z])": "IY",
    r"(ie)$": "IY",
    r"(eu|ew)": "UW",
    r"(oa)": "OW",
    r"(oi|oy)": "OY",
    r"(oo)": "UW",
    r"(ou)": "AW",
    r"(ow)$": "OW",
    r"(ow)": "AW",
    r"(ui)": "UW",
    r"(arr)": "AE R",
    r"(ar)": "AA R",
    r"(err?|irr?|urr?)$": "ER",
    r"(ire)": "AY ER",
    r"(ere)": "IH R",
    r"(are)": "EH R",
    r"(ure)": "Y UH R",
    r"(ore)": "AO R",
    r"(er|ir|ur)(?=[^aeiouy])": "ER",
    r"(or)": "AO R",
    r"(yr)": "IH R",
    r"(a)(?=[^aeiouwxy]e(s|d)?$)": "EY",
    r"(e)(?=[^aeiouwxy]e(s|d)?$)": "IY",
    r"(i)(?=[^aeiouwxy]e(s|d)?$)": "AY",
    r"(o)(?=[^aeiouwxy]e(s|d)?$)": "OW",
    r"(u)(?=[^aeiouwxy]e(s|d)?$)": "UW",
    r"(y)(?=[^aeiouwxy]e(s|d)?$)": "AY",
    r"(?<=[aeiouy].)(e)$": "",
    r"(?<=[^aeiou].)(e)$": "",
    r"(?<=[aeiouy][^aeiou])(a)$": "AH",
    r"(a)$": "AH",
    r"(i)$": "IY",
    r"(o)$": "OW",
    r"(u)$": "UW",
    r"^(e)$": "IY",
    r"(e)$": "",
    r"(io|ia)": "IY AH",
    r"(eo)": "IY OW",
    r"(?<=^[^aeiou])(y)$": "AY",
    r"(y)$": "IY",
    r"^(y)": "Y",
    r"(y)": "IH",
    r"(bb|b)": "B",
    r"(cc|c)(?=[eiy])": "S",
    r"(cc|c)": "K",
    r"(dd|d)": "D",
    r"(ff|f)": "F",
    r"(g)(?=[eiy])": "JH",
    r"(gg|g)": "G",
    r"(h)": "HH",
    r"(j)": "JH",
    r"(kk|k)": "K",
    r"(ll|l)": "L",
    r"(mm|m)": "M",
    r"(nn|n)": "N",
    r"(pp|p)": "P",
    r"(q)": "K",
    r"(rr|r)": "R",
    r"(ss)": "S",
    r"(?<=[aeiou])(s)(?=[aeiou])": "Z",
    r"(s)": "S",
    r"(tt|t)": "T",
    r"(vv|v)": "V",
    r"(w)": "W",
    r"(x)": "K S",
    r"(zz|z)": "Z",
    r"(a)": "AE",
    r"(e)": "EH",
    r"(i)": "IH",
    r"(o)": "AA",
    r"(u)": "AH",
}
_COMPILED = [(re.compile(pattern), tuple(phones.split())) for pattern, phones in _RULES.items()]


def by_letters(word: str) -> Phones:
    """Phones by the rules alone; empty for a word without Latin letters."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    phones: list[str] = []
    at = 0
    while at < len(letters):
        for pattern, made in _COMPILED:
            if (found := pattern.match(letters, at)) is not None:
                phones.extend(made)
                at = found.end(1)
                break
        else:
            at += 1
    return tuple(phones)


def pronounce(word: str, lookup: Lookup) -> Phones:
    """The best guess: dictionary, an ending on a known word, two known words, letters."""
    word = word.lower()
    return lookup(word) or _with_ending(word, lookup) or _compound(word, lookup) or by_letters(word)


def _with_ending(word: str, lookup: Lookup) -> Phones | None:
    for ending in ("'s", "s'", "s", "ed", "ing", "er", "est", "ly"):
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        for base in (stem, stem + "e"):
            if len(base) >= _SHORTEST_PART and (phones := lookup(base)) is not None:
                return phones + _ending_phones(ending, phones[-1])
    return None


def _ending_phones(ending: str, last: str) -> Phones:
    if ending in ("'s", "s'", "s"):
        if last in _HISSING:
            return ("IH", "Z")
        return ("S",) if last in _VOICELESS else ("Z",)
    if ending == "ed":
        if last in ("T", "D"):
            return ("IH", "D")
        return ("T",) if last in _VOICELESS | _HISSING else ("D",)
    fixed = {"ing": ("IH", "NG"), "er": ("ER",), "est": ("IH", "S", "T"), "ly": ("L", "IY")}
    return fixed[ending]


def _compound(word: str, lookup: Lookup) -> Phones | None:
    """Two known words, the more even split first; each with a vowel, for dictionaries list initials too."""
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    for cut in sorted(cuts, key=lambda at: abs(2 * at - len(word))):
        first, second = lookup(word[:cut]), lookup(word[cut:])
        if first and second and _VOWELS & set(first) and _VOWELS & set(second):
            return first + second
    return None
