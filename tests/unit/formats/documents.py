"""Small PDF, Word and web archive files, written by hand for the tests."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from html import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def pdf_line(text: str, left: float, up: float, size: float = 11, font: str = "F1") -> str:
    """Set one line *up* points above the foot of its page."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf 1 0 0 1 {left} {up} Tm ({escaped}) Tj ET\n"


def pdf_column(lines: list[str], left: float = 72, top: float = 700, size: float = 11) -> str:
    """Set lines one below the other."""
    return "".join(pdf_line(line, left, top - 14 * n, size) for n, line in enumerate(lines))


def pdf(contents: Sequence[str | bytes], info: str = "") -> bytes:
    """Make a PDF with one page for each content; bytes are content that is packed already."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(contents)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold "
        b"/Encoding /WinAnsiEncoding >>",
        5: f"<< {info} >>".encode("cp1252"),
    }
    for n, content in enumerate(contents):
        packed = content if isinstance(content, bytes) else zlib.compress(content.encode("cp1252"))
        objects[10 + 2 * n] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {11 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        ).encode()
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>".encode()
        objects[11 + 2 * n] = head + b"\nstream\n" + packed + b"\nendstream"
    return pdf_of(objects)


def pdf_of(objects: dict[int, bytes]) -> bytes:
    """Write objects with their table; 1 is the root, 5 the properties if it is there."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = {}
    for number, content in objects.items():
        places[number] = out.tell()
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    table = out.tell()
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, place in places.items():
        out.write(f"{number} 1\n{place:010} 00000 n \n".encode())
    info = "/Info 5 0 R" if 5 in objects else ""
    trailer = f"trailer << /Size {max(objects) + 1} /Root 1 0 R {info} >>"
    out.write(f"{trailer}\nstartxref\n{table}\n%%EOF\n".encode())
    return out.getvalue()


def paragraph(text: str, style: str = "", *, is_item: bool = False, note: int = 0) -> str:
    """Make a paragraph of a Word document; a line end in *text* is a line break."""
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    about += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if is_item else ""
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.split("\n")
    )
    runs += f'<w:r><w:footnoteReference w:id="{note}"/></w:r>' if note else ""
    return f"<w:p><w:pPr>{about}</w:pPr>{runs}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """Make a table; a line end in a cell parts its paragraphs."""
    cells = (
        "".join(
            f"<w:tc>{''.join(paragraph(p) for p in cell.split(chr(10)))}</w:tc>" for cell in row
        )
        for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(*blocks: str, core: str = "", notes: tuple[str, ...] = (), doctype: str = "") -> bytes:
    """Make a Word document with the styles Titel (named Title) and Kopf1 (named heading 1)."""
    styles = (("Titel", "Title"), ("Kopf1", "heading 1"))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations(officeDocument="word/document.xml"),
        "word/document.xml": f"{doctype}<w:document {_W}><w:body>{''.join(blocks)}</w:body>"
        "</w:document>",
        "word/_rels/document.xml.rels": _relations(
            styles="styles.xml", numbering="numbering.xml", footnotes="footnotes.xml"
        ),
        "word/styles.xml": f"<w:styles {_W}>"
        + "".join(
            f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
            for key, name in styles
        )
        + "</w:styles>",
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/footnotes.xml": f"<w:footnotes {_W}>"
        + "".join(
            f'<w:footnote w:id="{n}">{paragraph(note)}</w:footnote>'
            for n, note in enumerate(notes, 1)
        )
        + "</w:footnotes>",
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/'
        'package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>',
    }
    return zip_of({name: part.encode() for name, part in parts.items()})


def zip_of(parts: dict[str, bytes]) -> bytes:
    """Pack *parts*."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return packed.getvalue()


def _relations(**targets: str) -> str:
    listed = (
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(listed)}</Relationships>'


def warc_record(kind: str, url: str, payload: bytes, http: str = "", **heads: str) -> bytes:
    """Make one record; *http* is the head of the answer that the payload came in."""
    block = (http + "\r\n\r\n").encode() + payload if http else payload
    about = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Record-ID": f"<urn:uuid:{zlib.crc32(kind.encode() + url.encode()):032x}>",
        "WARC-Date": "2026-03-15T08:00:00Z",
        "Content-Type": "application/http" if http else "text/html",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in heads.items()},
    }
    listed = "".join(f"{name}: {value}\r\n" for name, value in about.items())
    return f"WARC/1.0\r\n{listed}\r\n".encode() + block + b"\r\n\r\n"
