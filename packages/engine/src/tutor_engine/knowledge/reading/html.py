"""HTML to one page of text: headings, paragraphs, lists, tables, listings; what nobody sees stays out.

Scripts, menus, headers, footers and lists of links go; so does text that is hidden by attribute, by inline
style or by a plain rule of the page's own style sheet. Nothing is fetched. Runs only in the parsing child.
"""

import re
from collections.abc import Sequence
from typing import Any

from tutor_engine.knowledge.document import BadDocument, BlockKind, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.clean import decode_text
from tutor_engine.knowledge.reading.writing import PageWriter

_DROPPED = frozenset(
    ("script", "style", "head", "nav", "aside", "template", "noscript", "svg", "iframe", "object", "embed",
     "applet", "form", "select", "button", "input", "textarea", "dialog", "audio", "video", "canvas", "map",
     "link", "meta", "base", "footer")
)  # fmt: skip
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "main", "body", "html", "header", "ul", "ol", "li", "dl", "dt", "dd",
     "blockquote", "figure", "figcaption", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "address", "details", "summary", "fieldset", "center")
)  # fmt: skip
_ROLES = frozenset(
    ("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "toolbar", "dialog")
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:toc|table-?of-?contents|contents-list|sidebar|side-bar|breadcrumbs?|nav(?:bar|header|footer)?|menu|cookie"
    r"|site-?header|site-?footer|page-?footer|skip-link|pagination|share|social|advert|headerlink)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?(?:\.0\d*)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*(?:0|0?\.\d+|1(?:\.\d+)?)\s*(?:px|pt|;|$|!)|font-size\s*:\s*0?\.[01]\d*\s*r?em"
    r"|(?:text-indent|left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|transform\s*:\s*scale\(\s*0"
    r"|(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$|!)|(?<!-)color\s*:\s*transparent",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?\b|#f[a-f]f[a-f]f[a-f]\b|rgba?\(\s*25[0-5]\s*,\s*25[0-5]\s*,\s*25[0-5]"
    r"|rgba\([^)]*,\s*0?(?:\.0\d*)?\s*\))",
    re.IGNORECASE,
)
_GROUND = re.compile(
    r"background(?:-color|-image)?\s*:\s*(?!\s*(?:white|#fff|none|transparent|inherit))", re.I
)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,4000})\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)$", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_MAX_DEPTH = 250
"""As deep as libxml2 goes."""
_MENU_LINKS = 3


def read_html(data: bytes, limits: ParseLimits) -> tuple[str, ParsedPage]:
    """Title (may be empty) and the page.

    Raises:
        BadDocument: no text, or too much.
    """
    from lxml import etree

    text = _decoded(data)
    if len(text) > limits.max_characters * 4:
        raise BadDocument(Unreadable.TOO_LONG, f"{len(text)} characters")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadDocument(Unreadable.DAMAGED, str(error)[:120]) from error
    if root is None:
        raise BadDocument(Unreadable.EMPTY)
    title = " ".join((each.text or "").strip() for each in root.iter("title"))[:300]
    walker = _Walker(_rules(root), limits)
    mains = list(root.iter("main"))
    walker.walk(mains[0] if len(mains) == 1 else root)
    walker.flush()
    return title, walker.writer.page()


def _decoded(data: bytes) -> str:
    named = _CHARSET.search(data[:2048])
    # A page whose letters can be found as single bytes is not in UTF-16, whatever it says.
    wide = named is not None and named.group(1).lower().startswith((b"utf-16", b"utf-32", b"utf-7"))
    if named and not wide and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(named.group(1).decode("ascii"))
        except (UnicodeDecodeError, LookupError):
            pass  # the page lies about its encoding: look at the bytes instead
    return decode_text(data)


def _rules(root: Any) -> dict[str, str]:
    """Declarations by `.class` or `#id` of the page's own style sheets; other selectors are too clever."""
    rules: dict[str, str] = {}
    for sheet in root.iter("style"):
        for selectors, body in _RULE.findall((sheet.text or "")[:200_000]):
            for selector in selectors.split(","):
                found = _SIMPLE.match(selector.strip())
                if found:
                    key = found.group(1) + found.group(2)
                    rules[key] = rules.get(key, "") + ";" + body
    return rules


class _Walker:
    """Walks the tree and writes blocks."""

    def __init__(self, rules: dict[str, str], limits: ParseLimits) -> None:
        self.writer = PageWriter(1)
        self._rules = rules
        self._limits = limits
        self._words: list[str] = []
        self._kind: BlockKind = "paragraph"
        self._level = 0

    def flush(self) -> None:
        """End the open block."""
        text = "".join(self._words).strip()
        if text:
            if self.writer.characters + len(text) > self._limits.max_characters:
                raise BadDocument(Unreadable.TOO_LONG, f"more than {self._limits.max_characters} characters")
            self.writer.add(self._kind, f"- {text}" if self._kind == "item" else text, self._level)
        self._words = []

    def walk(self, element: Any, depth: int = 0, grounded: bool = False) -> None:
        """An element with all below it; `grounded`: something dark may lie behind white letters."""
        tag = element.tag if isinstance(element.tag, str) else ""
        style = self._style(element)
        grounded = grounded or _GROUND.search(style) is not None
        if depth > _MAX_DEPTH or not tag or self._is_furniture(element, tag):
            return
        if _is_hidden(element, style, grounded):
            self.writer.hidden += any(text.strip() for text in element.itertext())
            return
        if tag == "table" and not _is_layout(element):
            self.flush()
            self.writer.add_table(self._rows(element, grounded))
        elif tag == "pre":
            self.flush()
            self.writer.add("code", "".join(element.itertext()))
        elif tag == "br":
            self._words.append("\n")
        elif tag in _BLOCKS:
            self._block(element, tag, depth, grounded)
        else:
            self._inside(element, depth, grounded)

    def _block(self, element: Any, tag: str, depth: int, grounded: bool) -> None:
        if tag in ("ul", "ol") and _is_menu(element):
            return
        self.flush()
        outer = (self._kind, self._level)
        if tag[0] == "h" and tag[1:].isdigit():
            self._kind, self._level = "heading", int(tag[1])
        elif tag == "li":
            self._kind, self._level = "item", 0
        elif outer[0] != "item":
            self._kind, self._level = "paragraph", 0
        self._inside(element, depth, grounded)
        self.flush()
        self._kind, self._level = outer

    def _inside(self, element: Any, depth: int, grounded: bool) -> None:
        self._say(element.text)
        for each in element:
            self.walk(each, depth + 1, grounded)
            self._say(each.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(re.sub(r"\s+", " ", text))

    def _rows(self, table: Any, grounded: bool) -> list[list[str]]:
        rows: list[list[str]] = []
        for row in table.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            rows.append([self._cell(cell, grounded) for cell in cells])
        return rows

    def _cell(self, cell: Any, grounded: bool) -> str:
        inner = _Walker(self._rules, self._limits)
        inner.walk(cell, grounded=grounded)
        inner.flush()
        self.writer.hidden += inner.writer.hidden
        return inner.writer.page().text

    def _style(self, element: Any) -> str:
        style = element.get("style") or ""
        names = [f".{name}" for name in (element.get("class") or "").split()[:20]]
        names += [f"#{element.get('id')}"] if element.get("id") else []
        return ";".join((*(self._rules.get(name, "") for name in names), style)) if names else style

    def _is_furniture(self, element: Any, tag: str) -> bool:
        if tag in _DROPPED or (element.get("role") or "").lower() in _ROLES:
            return True
        if tag == "header":
            return next(element.iter("h1"), None) is None
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        return (
            tag in _BLOCKS | {"a", "span"}
            and tag not in ("html", "body", "main", "article")
            and (_FURNITURE.search(marks) is not None)
        )


def _is_hidden(element: Any, style: str, grounded: bool) -> bool:
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").lower() == "true":
        return True
    if element.tag == "font" and (element.get("color") or "").lower() in ("white", "#fff", "#ffffff"):
        return not grounded
    if not style:
        return False
    return _HIDING.search(style) is not None or (not grounded and _WHITE.search(style) is not None)


def hides(attributes: str) -> bool:
    """Whether the attributes of a tag, as they are written, keep its content from being seen."""
    style = re.search(r"style\s*=\s*(\"[^\"]*\"|'[^']*')", attributes, re.IGNORECASE)
    if style and (_HIDING.search(style.group(1)[1:-1]) or _WHITE.search(style.group(1)[1:-1])):
        return _GROUND.search(style.group(1)) is None or _HIDING.search(style.group(1)[1:-1]) is not None
    rest = attributes.replace(style.group(), "") if style else attributes
    return (
        re.search(r"(?:^|\s)hidden(?:\s|=|/|$)|aria-hidden\s*=\s*[\"']?true", rest, re.IGNORECASE) is not None
    )


def _is_menu(element: Any) -> bool:
    """A list of nothing but links."""
    items = [each for each in element if each.tag == "li"]
    return len(items) > _MENU_LINKS and all(_is_link_only(item) for item in items)


def _is_link_only(item: Any) -> bool:
    linked = sum(len("".join(link.itertext()).strip()) for link in item.iter("a"))
    return linked > 0 and linked >= len("".join(item.itertext()).strip()) * 0.9


def _is_layout(table: Any) -> bool:
    """Tables within tables, or of one cell, only place things."""
    cells: Sequence[Any] = list(table.iter("td", "th"))
    return len(cells) <= 1 or next((t for t in table.iter("table") if t is not table), None) is not None
