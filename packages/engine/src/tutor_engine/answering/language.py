# ruff: noqa: E501 - lists of small words, one language a line
"""Which language a message is in: English, Chinese, or one that the tutor does not teach in.

By script first, then by the small words that every sentence of a language has. A message that shows nothing
(a name, a number, a formula) counts as English.
"""

import re
from typing import Literal

from tutor_engine.text import HANZI

Detected = Literal["en", "zh", "other"]

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]")
_FOREIGN_SCRIPT = re.compile(
    r"[\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u0e00-\u0eff"
    r"\u0f00-\u0fff\u1000-\u10ff\u1100-\u11ff\u1200-\u139f\u1780-\u17ff\u3130-\u318f\uac00-\ud7af]"
)
"""Cyrillic, Armenian, Hebrew, Arabic, Indic, Thai, Lao, Tibetan, Burmese, Georgian, Ethiopic, Khmer, Korean."""
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_WORD = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]{3,}")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['’](?:s|t|re|ve|ll|d|m)\b)?")
_CHINESE_SIGN = re.compile(
    r"什么|怎么|为什么|请|吗|呢|的|是|了|解释|告诉|如何|哪|谁|多少|讲|介绍|意思|区别|和|用|说"
)
_SPANISH_SIGN = re.compile(r"[¿¡]")

_SMALL_ENGLISH = """
the a an is are was were do does did what why how who when where which and or of to in on for with it its that this
these those i you we they he she my your our me us can could will would should have has had not be been about from by
as at tell explain give please there if than then so but yes no hello hi thanks
"""
_ENGLISH = frozenset(_SMALL_ENGLISH.split())
_OTHERS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "fr": "le la les un une des du de est sont que qu qui quoi quel quelle quels comment pourquoi où et ou dans "
        "pour avec sur ce cette ces il elle nous vous ils je tu mon ton son pas ne au aux été être avoir c'est "
        "bonjour merci salut oui non",
        "es": "el la los las un una unos de del es son que qué quién cuál cómo por porque cuándo dónde y en para con "
        "se su sus lo al está están ser como más pero yo tú nosotros hola gracias sí",
        "de": "der die das den dem des ein eine einen ist sind war was wer wie warum wieso wann wo welche und oder "
        "in im mit für von zu auf nicht ich du er sie es wir ihr kann mir bitte hallo danke ja nein auch",
        "it": "il lo la i gli le un una di del della è sono che chi cosa come perché quando dove e o in per con si "
        "non più io tu noi voi ciao grazie mi",
        "pt": "o a os as um uma de do da dos das é são que quem qual como por porque quando onde e em para com se "
        "não mais eu você nós olá obrigado obrigada sim",
        "nl": "de het een is zijn was wat wie hoe waarom wanneer waar welke en of in op met voor van niet ik jij je "
        "hij zij wij kan hallo bedankt dank ja nee",
        "pl": "jest są co kto jak dlaczego kiedy gdzie i w na z do nie się to ten ta dla czy ja ty my",
        "tr": "bir bu ve ne nedir nasıl neden kim nerede için ile değil mi mı ben sen biz merhaba",
        "id": "apa itu adalah yang dan di ke dari mengapa bagaimana siapa kapan dimana untuk dengan tidak saya",
        "vi": "là gì tại sao như thế nào và của có không cho tôi bạn được một các những",
        "sv": "är vad hur varför när var vem och att det en ett den som inte jag du för med på hej tack",
    }.items()
}
_MARKS = re.compile(r"[àâäáãåąæçćèéêëęìíîïıłñńòóôöõøœśşğßùúûüýÿźżđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ]")
"""Of words in small letters: where case is ignored, the dotless i is an i."""


def detect_language(text: str) -> Detected:
    """Language of a student's message."""
    hanzi = len(HANZI.findall(text))
    kana = len(_KANA.findall(text))
    if kana and kana * 8 >= hanzi + kana:
        return "other"
    letters = sum(character.isalpha() for character in text)
    foreign = len(_FOREIGN_SCRIPT.findall(text))
    if foreign * 3 >= max(letters, 1) and foreign >= 2:
        return "other"
    words = [word.lower().replace("’", "'") for word in _LATIN_WORD.findall(text)]
    if hanzi and (hanzi >= len(words) or _CHINESE_SIGN.search(text)):
        return "zh"
    if len(_GREEK_WORD.findall(text)) >= 2 and len(_GREEK.findall(text)) * 2 > letters:
        return "other"
    return _latin(text, words)


def _latin(text: str, words: list[str]) -> Detected:
    """English unless the small words of another language are clearly more."""
    if not words:
        return "en"
    english = sum(word.split("'")[0] in _ENGLISH for word in words)
    other = max(sum(word in small for word in words) for small in _OTHERS.values())
    marked = sum(bool(_MARKS.search(word)) for word in words)
    if _SPANISH_SIGN.search(text):
        return "other"
    evidence = other + 0.5 * min(marked, 2)
    needed = 1 if len(words) <= 2 else 2
    return "other" if other and evidence >= needed and evidence > english + 0.5 else "en"
