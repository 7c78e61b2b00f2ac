"""Reading rules for addresses: of hosts, pages, people and files. Pure functions.

What somebody would have to type is said sign by sign; of a page only the place is said, for the rest is for
the eye.
"""

import re

from tutor_engine.speaking import numerals
from tutor_engine.speaking.passage import Passage, Rules

_DOMAINS = "com|org|net|edu|gov|io|cn|uk|eu|de"
_FILES = "txt|pdf|docx?|pptx?|xlsx?|csv|json|html?|md|py|js|ts|java|cpp|png|jpe?g|gif|mp3|mp4|wav|zip"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IN_WORDS = {
    ".": (" dot ", " 点 "), "@": (" at ", " 艾特 "), "+": (" plus ", " 加 "),
    "_": (" underscore ", " 下划线 "), "-": (" dash ", " 横线 "), ":": (" colon ", " 冒号 "),
}  # fmt: skip
"""A sign in English and in Chinese."""


def _signs(text: str, signs: str, language: str) -> str:
    """The text with some signs said."""
    for sign in signs:
        text = text.replace(sign, _IN_WORDS[sign][language == "zh"])
    return text


def _port_words(port: str | None, language: str) -> str:
    if not port:
        return ""
    digits = numerals.digits(port, language)
    return f"，端口{digits}" if language == "zh" else f", port {digits}"


def _host_words(host: str, language: str) -> str:
    """A name without the letters that every page has; an address of numbers digit by digit."""
    if re.fullmatch(r"[\d.]+", host):
        point = "点" if language == "zh" else " dot "
        return point.join(numerals.digits(part, language) for part in host.split("."))
    return _signs(host.removeprefix("www."), ".", language).replace("-", " ")


def _page(match: re.Match[str], _passage: Passage, language: str) -> str:
    return _host_words(match[1], language) + _port_words(match[2], language)


def _host(match: re.Match[str], _passage: Passage, language: str) -> str:
    words = _host_words(match[1], language) + _port_words(match[2], language)
    if match[3]:
        slash = "斜杠" if language == "zh" else " slash "
        words += slash + numerals.number(match[3], language)
    return words


def _long_host(match: re.Match[str], _passage: Passage, language: str) -> str:
    """An address of the newer kind, sign by sign."""
    apart = " ".join(match[0].upper())
    words = re.sub(r"\d", lambda digit: numerals.number(digit[0], language), apart)
    return _signs(words, ":", language)


def _mailbox(match: re.Match[str], _passage: Passage, language: str) -> str:
    return _signs(match[0], "@.+_-", language)


def _file(match: re.Match[str], _passage: Passage, language: str) -> str:
    return _signs(re.sub(r"[-_]", " ", match[0]), ".", language)


def _path(match: re.Match[str], _passage: Passage, _language: str) -> str:
    return re.sub(r"[/._-]+", " ", match[0])


ADDRESS_RULES: Rules = (
    (
        r"(?<![\w/])(?:https?://)([\w.-]+\w)(?::(\d{2,5}))?(?:[/?#][\w/?#%&=+.,:;@~!$*'-]*[\w/])?/?",
        _page,
    ),
    (r"(?<![\w/])(www\.[\w.-]+\w)(?::(\d{2,5}))?(?:/[\w/?#%&=+.-]*\w)?/?", _page),
    (r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _mailbox),
    (
        rf"(?<![\w./-])((?:{_OCTET}\.){{3}}{_OCTET})(?::(\d{{2,5}}))?(?:/(\d{{1,2}}))?(?![\w/]|\.\d)",
        _host,
    ),
    (
        rf"(?<![\w./-])(localhost|(?:[A-Za-z][\w-]*\.)+(?:{_DOMAINS})):(\d{{2,5}})()(?![\w:])",
        _host,
    ),
    (
        r"(?<![\w:])(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){5})(?=:*[0-9A-Fa-f])[0-9A-Fa-f:]{3,39}(?![\w:])",
        _long_host,
    ),
    (rf"(?<![\w.@/-])(?:[A-Za-z][\w-]*\.)+(?:{_DOMAINS}|{_FILES})(?![\w-]|\.\w)", _file),
    (r"(?<![\w/.:<])(?:/[\w.-]*\w){2,}/?(?!\w)", _path),
)
"""Tried before the rules for numbers: what stands in an address is no sum and no date."""
