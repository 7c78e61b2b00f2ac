"""Files made by hand for tests: Office packages, archives and PDFs, honest and hostile."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

BODY = "Stars are balls of hot gas that shine by fusion and live for a very long time."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def zipped_as(name: str, body: bytes, mode: int) -> bytes:
    """One file with the mode of a link or a device."""
    out = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, body)
    return out.getvalue()


def docx(body: str, more: Mapping[str, bytes | str] | None = None, head: str = "") -> bytes:
    """A Word file around the XML of its body."""
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(more or {})})


def paragraph(text: str, run: str = "", properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def slide(text: str, attributes: str = "", shape: str = "", run: str = "") -> str:
    return (
        f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}" {attributes}><p:cSld><p:spTree><p:sp><p:nvSpPr>'
        f'<p:cNvPr id="2" name="x" {shape}/></p:nvSpPr><p:txBody><a:p><a:r>'
        f"<a:rPr {run}/><a:t>{text}</a:t></a:r>"
        "</a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def pptx(slides: Sequence[str], more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A PowerPoint file around the XML of its slides."""
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_R}/slide" Target="slides/slide{n}.xml"/>' for n in numbers
    )
    return zipped(
        {
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}">'
            f'<p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>',
            "ppt/_rels/presentation.xml.rels": f"<Relationships>{targets}</Relationships>",
            **{f"ppt/slides/slide{n}.xml": body for n, body in zip(numbers, slides, strict=True)},
            **(more or {}),
        }
    )


def pdf_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.5\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        table,
    )


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n" % (len(body), entries) + body + b"\nendstream"


def pdf(
    content: bytes,
    *,
    page: bytes = b"",
    resources: bytes = b"",
    entries: bytes = b"",
    more: Sequence[bytes] = (),
    catalogue: bytes = b"",
) -> bytes:
    """A PDF of one page with this content; further objects count from 6."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 595 842] "
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalogue,
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Page /Parent 2 0 R %b%b /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> %b >> >>"
            % (box, page, resources),
            stream(content, entries),
            *more,
        ]
    )


def written(text: str, x: float = 60, y: float = 700, size: float = 12, before: str = "") -> bytes:
    """Content that writes one line."""
    return f"{before} BT /F1 {size:g} Tf {x:g} {y:g} Td ({text}) Tj ET\n".encode()


def many_pages(count: int) -> bytes:
    """So many pages that all show the same content."""
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            stream(written(BODY)),
            *([page] * count),
        ]
    )


_NOUNS = (
    "Sun", "Moon", "Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn",
    "Uranus", "Neptune", "Pluto", "Ceres", "Vesta", "Pallas", "Juno", "Hygiea",
)  # fmt: skip


def book(pages: int) -> bytes:
    """A book whose pages speak of different things."""
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n in range(pages):
        words = f"{_NOUNS[n % 16]} and {_NOUNS[n // 16 % 16]} are told of here. {BODY}"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (first + 2 * n + 1)
        )
        objects.append(stream(written(words)))
    return pdf_of(objects)


def zip_bomb(mebibytes: int) -> bytes:
    """Zeros, packed as well as deflate can."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = b"\0" * (1 << 20)
    packed = b"".join(packer.compress(chunk) for _ in range(mebibytes)) + packer.flush()
    crc = 0
    for _ in range(mebibytes):
        crc = zlib.crc32(chunk, crc)
    return raw_zip([("a.txt", packed, crc, mebibytes << 20, 8)])


def raw_zip(
    entries: Sequence[tuple[str, bytes, int, int, int]], offsets: Sequence[int] | None = None
) -> bytes:
    """A zip from (name, packed bytes, checksum, unpacked size, method); offsets may lie."""
    body, directory = b"", b""
    for index, (name, packed, crc, size, method) in enumerate(entries):
        raw = name.encode()
        at = offsets[index] if offsets else len(body)
        if not offsets or index == 0:
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, crc, len(packed), size, len(raw), 0
            )
            body += raw + packed
        directory += struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            20,
            20,
            0,
            method,
            0,
            0,
            crc,
            len(packed),
            size,
            len(raw),
            0,
            0,
            0,
            0,
            0,
            at,
        )
        directory += raw
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + end


def scan(lines: Sequence[tuple[int, str]], pages: int = 1, mode: str = "L") -> bytes:
    """A PDF of pictures, as a scanner makes it."""
    from PIL import Image, ImageDraw, ImageFont

    picture: Any = Image.new(mode, (1240, 1754), 255)
    draw: Any = ImageDraw.Draw(picture)
    at = 120
    for size, text in lines:
        draw.text((120, at), text, font=ImageFont.truetype(_FONT, size), fill=0)
        at += int(size * 1.8)
    out = io.BytesIO()
    picture.save(out, "PDF", save_all=True, append_images=[picture] * (pages - 1), resolution=150)
    return out.getvalue()


_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
