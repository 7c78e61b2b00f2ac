"""Where a text turns into a formula, and LaTeX into the plain signs that the reading rules know. Pure."""

import re

from tutor_engine.speaking.units import GREEK_NAMES

_ATOM = r"(?:[A-Za-z0-9α-ωΑ-Ω.,%°²³¹⁰⁴-⁹⁻ⁿ₀-₉!′]|\^\{?[-−]?\w+\}?|\([^()\n]{1,60}\))"
_TERM = rf"(?>[-−±√]?{_ATOM}{{1,40}})"
_OPERATOR = r"(?>[ ]?(?:<=|>=|!=|==|->|[-−–+×÷/·=≠≈≤≥<>±→])[ ]?|[ ]\*[ ]|(?<=\w)\*(?=\w))"
_FORMULA = re.compile(rf"(?<![A-Za-z0-9.])(?>{_TERM}(?:{_OPERATOR}{_TERM})+)")
_STRONG = re.compile(r"[+×÷*·=≠≈≤≥<>±√^→−²³]")
"""A formula has one of these; hyphens and slashes alone also stand in words, ranges and dates."""
_HYPHENATED = re.compile(r"[A-Za-z]{2,}-[A-Za-z]{2,}")

_COMMANDS = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "approx": "≈", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "infty": "∞", "sum": "∑",
    "int": "∫", "in": "∈", "circ": "°", "degree": "°", "propto": "∝", "angle": "∠", "triangle": "△",
    "perp": "⊥", "parallel": "∥", "lt": "<", "gt": ">", "quad": " ", "qquad": " ", "left": "", "right": "",
}  # fmt: skip
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"


def formulas_in(text: str) -> list[tuple[int, int]]:
    """Where formulas lie in a text: (start, end)."""
    return [
        match.span()
        for match in _FORMULA.finditer(text)
        if _STRONG.search(match[0]) and not _HYPHENATED.search(match[0])
    ]


def plain_signs(latex: str, language: str = "en") -> str:
    r"""Plain text of LaTeX mathematics: `\frac{a}{b}` becomes `a / b`."""
    text = _BOUNDED.sub(lambda match: _between(match, language), latex)
    for _ in range(4):
        text = re.sub(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}", _over, text)
        text = re.sub(rf"\\sqrt\s*{_GROUP}", r" √ \1 ", text)
        text = re.sub(rf"\\(?:text|mathrm|mathbf|operatorname|vec|bar|hat)\s*{_GROUP}", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+)", _command, text)
    text = re.sub(r"\^\s*°", "°", text)
    text = re.sub(r"\\[,;:! ]", " ", text).replace("\\%", "%")
    text = re.sub(r"\^\{([^{}]*)\}", r"^\1", text)
    text = re.sub(r"_\{?(\w+)\}?", r" \1 ", text)
    return re.sub(r"[{}\\]", "", text)


_BOUND = r"(?:\{([^{}]*)\}|(\\[A-Za-z]+|\w))"
_BOUNDED = re.compile(rf"\\(sum|int|prod)\s*_\s*{_BOUND}\s*\^\s*{_BOUND}")
_SUMMED = {"sum": ("sum", "求和"), "int": ("integral", "积分"), "prod": ("product", "连乘")}


def _between(match: re.Match[str], language: str) -> str:
    """A sum, product or integral with its bounds in words."""
    low, high = match[2] or match[3], match[4] or match[5]
    english, chinese = _SUMMED[match[1]]
    return (
        f" 从 {low} 到 {high} {chinese} " if language == "zh" else f" the {english} from {low} to {high} of "
    )


def _over(match: re.Match[str]) -> str:
    # Without spaces two numbers are a fraction: three quarters.
    bar = "/" if match[1].isdigit() and match[2].isdigit() else " / "
    return f" {match[1]}{bar}{match[2]} "


def _command(match: re.Match[str]) -> str:
    name = match[1]
    if name in _COMMANDS:
        return f" {_COMMANDS[name]} " if _COMMANDS[name] else ""
    return GREEK_NAMES.get(name.lower(), f" {name} ")
