"""The text of documents of every kind that is read, and what cannot be read is refused."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
import vl_convert
from pypdf import PdfReader, PdfWriter

from equipoise.audit.candidates import candidates
from equipoise.audit.documents import pages
from equipoise.errors import BadClaims

CHINESE = "哈薩克於 2015 年加入了世界貿易組織。"
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="90"><text x="9" y="40" font-size="16" '
       'font-family="Noto Sans CJK TC">{}</text></svg>')
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*texts: str, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for text in texts:
        writer.append(PdfReader(io.BytesIO(vl_convert.svg_to_pdf(SVG.format(text)))))
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def docx(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def test_a_pdf_page_by_page_in_both_languages() -> None:
    found = candidates(pages(pdf(CHINESE, "It joined the SCO in 2001."), name="a.PDF"))
    assert [(c.sentence.page, c.organisations) for c in found] == [(1, ("WTO",)), (2, ("SCO",))]
    assert found[0].states == ("KAZ",)


def test_a_docx_with_runs_a_table_and_what_was_struck_out() -> None:
    body = ("<w:p><w:r><w:t>It joined </w:t></w:r><w:r><w:t>the WTO in 2015.</w:t></w:r>"
            "<w:del><w:r><w:delText>In 1890.</w:delText></w:r></w:del></w:p>"
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Share: 20 %.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            "<w:p><w:r><w:t>Beside</w:t><w:br/><w:t>it</w:t></w:r>"
            "<w:box><w:p><w:r><w:t>a box.</w:t></w:r></w:p></w:box></w:p>")
    (text,) = pages(docx(body), name="a.docx")
    assert text == "It joined the WTO in 2015.\n\nShare: 20 %.\n\nBeside\nit\n\na box."


def test_text_in_utf_8_and_big5() -> None:
    assert pages(CHINESE.encode("big5"), name="a.txt") == pages(CHINESE.encode(), name="a.md") == [CHINESE]


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.odt", b"x", "not of a kind that can be read"),
    ("a.pdf", b"no pdf at all", "not a PDF file that can be read"),
    ("a.pdf", pdf(""), "holds no text. A scan"),
    ("a.docx", b"no zip", "not a DOCX file"),
    ("a.docx", docx("<w:p>")[:-30], "not a DOCX file"),
    ("a.docx", docx("<w:p>"), "not a DOCX file"),
    ("a.docx", docx("<w:p>" + "<w:r>" * 5000 + "</w:r>" * 5000 + "</w:p>"), "not a DOCX file"),
    ("a.txt", b"  \n", "holds no text"),
    ("a.txt", b"\xff\xfe\x81", "neither UTF-8 nor Big5"),
])
def test_what_cannot_be_read_is_refused_in_one_line(name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadClaims) as left:
        pages(content, name=name)
    assert said in str(left.value) and "\n" not in str(left.value)


def test_a_damaged_file_is_read_or_refused_whatever_is_wrong_with_it() -> None:
    pick = random.Random(1)
    for name, whole in (("a.pdf", pdf(CHINESE)), ("a.docx", docx("<w:p><w:r><w:t>In 2015.</w:t></w:r></w:p>"))):
        refused = 0
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(5):
                damaged[pick.randrange(len(damaged))] = pick.randrange(256)
            try:
                assert pages(bytes(damaged), name=name)
            except BadClaims:
                refused += 1
        assert refused > 5


def test_a_locked_pdf_is_refused() -> None:
    with pytest.raises(BadClaims, match="locked with a password"):
        pages(pdf(CHINESE, password="secret"), name="a.pdf")
