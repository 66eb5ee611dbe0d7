"""What the limits of a format's library let through ends in the sandbox."""

from services.extract.outcome import ReadRequest, Reason
from services.extract.sandbox import Sandbox
from tests.unit.formats.documents import pdf_of

_LEVELS = 8


def forms_within_forms() -> bytes:
    """Make a page whose one form draws ten, each of which draws ten, eight levels down."""
    fonts = "/Font << /F1 9 0 R >>"
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        f"/Resources << /XObject << /X 10 0 R >> {fonts} >> >>",
        4: "<< /Length 6 >>\nstream\n/X Do \nendstream",
        9: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for level in range(_LEVELS):
        is_last = level == _LEVELS - 1
        content = "BT /F1 9 Tf (light) Tj ET " * 1000 if is_last else "/X Do " * 10
        objects[10 + level] = (
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length {len(content)} "
            f"/Resources << /XObject << /X {11 + level} 0 R >> {fonts} >> >>\n"
            f"stream\n{content}\nendstream"
        )
    return pdf_of({number: content.encode() for number, content in objects.items()})


def test_pdf_bomb_is_stopped_and_the_next_file_is_read():
    sandbox = Sandbox(time_seconds=2)
    try:
        reading = sandbox.read(forms_within_forms(), ReadRequest("bomb.pdf"))
        following = sandbox.read(
            b"The mayor opened the new bridge on Monday.", ReadRequest("next.txt")
        )
    finally:
        sandbox.close()

    assert reading.rejection is not None
    assert reading.rejection.reason is Reason.TIMED_OUT
    assert following.article is not None
