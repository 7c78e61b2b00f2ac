"""XML from strangers: no entities, no document types, nothing fetched, no depth without end.

The one place where the readers of Word and PowerPoint files get their trees from.
"""

from collections.abc import Iterator
from typing import Any

from tutor_engine.knowledge.document import BadDocument, Unreadable
from tutor_engine.knowledge.reading.archive import Archive

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def parse_xml(data: bytes, name: str) -> Any:
    """The root element.

    Raises:
        BadDocument: not well-formed, too deep, or with a document type: Office files have none.
    """
    from lxml import etree

    head = data[:4096]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
        raise BadDocument(Unreadable.ENTITIES, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = Unreadable.TOO_COMPLEX if "depth" in str(error) else Unreadable.DAMAGED
        raise BadDocument(reason, f"{name}: {str(error)[:120]}") from error
    if root.getroottree().docinfo.doctype:
        raise BadDocument(Unreadable.ENTITIES, name)
    return root


def part(archive: Archive, name: str) -> Any | None:
    """The root of a part; None when the package has no such part."""
    return parse_xml(archive.read(name), name) if name in archive else None


def relations(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """Of a part: identifier → (last word of the relation's type, name of the target within the package)."""
    folder, _, file = name.rpartition("/")
    root = part(archive, f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        if relation.get("TargetMode") == "External":
            continue  # never fetched, never followed
        kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
        found[relation.get("Id") or ""] = (kind, _resolved(folder, relation.get("Target") or ""))
    return found


def relation_id(element: Any) -> str:
    """The identifier of the relation that an element names."""
    return element.get(_RELATION) or ""


def local(element: Any) -> str:
    """Name of an element without its namespace."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(element: Any | None, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if key.rsplit("}", 1)[-1] == name:
            return value
    return None


def child(element: Any | None, *path: str) -> Any | None:
    """The first descendant along local names."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def descendants(element: Any, name: str) -> Iterator[Any]:
    """All elements below with this local name."""
    return element.iter(f"{{*}}{name}")


def core_title(archive: Archive) -> str:
    """The title in the file's own description; may be empty."""
    root = part(archive, "docProps/core.xml")
    title = child(root, "title")
    return (title.text or "").strip() if title is not None else ""


def _resolved(folder: str, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else folder.split("/") if folder else []
    for piece in target.split("/"):
        if piece == "..":
            parts = parts[:-1]
        elif piece not in ("", "."):
            parts.append(piece)
    return "/".join(parts)
