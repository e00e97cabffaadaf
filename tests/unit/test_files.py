"""Files that people send: what they are is judged by what is in them, and nothing that could do harm is kept."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from bot.writing.files import clean_name, judge
from bot.writing.trouble import CODES, BadFile
from tests import files_support as made

MB = 1024 * 1024
PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"

GOOD = {
    "a photo": ("rash.jpg", made.picture("JPEG"), JPEG),
    "a photo by another ending": ("rash.JPEG", made.picture("JPEG"), JPEG),
    "a photo named .png": ("rash.png", made.picture("JPEG"), JPEG),
    "a photo named .exe": ("rash.exe", made.picture("JPEG"), JPEG),
    "a photo without a name": ("", made.picture("JPEG"), JPEG),
    "a progressive photo": ("p.jpg", made.picture("JPEG", progressive=True), JPEG),
    "a grey photo": ("g.jpg", made.picture("JPEG", size=(1, 1)), JPEG),
    "a screenshot": ("screen.png", made.picture("PNG"), PNG),
    "a form": ("form.pdf", made.pdf(pages=3), PDF),
    "a form that begins at its first page": ("form.pdf", made.pdf(made.goes_to_a_page), PDF),
    "a form with a link to a web site": ("form.pdf", made.pdf(made.links_to_a_site), PDF),
    "a form named .txt": ("form.txt", made.pdf(), PDF),
}

_PNG, _PDF = made.picture("PNG"), made.pdf()
BAD = {
    "nothing": (b"", "empty"),
    "words": (b"my fit note", "not_allowed"),
    "the test virus": (made.EICAR, "virus"),
    "the test virus in a PDF": (_PDF + made.EICAR, "virus"),
    "the test virus behind a picture": (_PNG + made.EICAR, "virus"),
    "a program": (made.EXE, "not_allowed"),
    "a web page": (made.HTML, "not_allowed"),
    "an SVG": (made.SVG, "not_allowed"),
    "an archive": (made.archive(), "not_allowed"),
    "a Word file": (made.archive("word/document.xml"), "not_allowed"),
    "a PDF that is an archive too": (_PDF + made.archive(), "not_allowed"),
    "a picture that is an archive too": (_PNG + made.archive(), "not_allowed"),
    "a GIF": (made.picture("GIF"), "not_allowed"),
    "a BMP": (made.picture("BMP"), "not_allowed"),
    "a WebP": (made.picture("WEBP"), "not_allowed"),
    "a TIFF": (made.picture("TIFF"), "not_allowed"),
    "a web page that begins like a GIF": (b"GIF89a/*" + made.HTML, "not_allowed"),
    "a PDF behind a web page": (made.HTML + _PDF, "not_allowed"),
    "a picture cut off": (_PNG[: len(_PNG) // 2], "unreadable"),
    "a photo cut off": (made.picture("JPEG", size=(600, 400))[:2000], "unreadable"),
    "the beginning of a picture": (_PNG[:12], "not_allowed"),
    "a picture with a wrong sum": (_PNG[:50] + b"\xff" + _PNG[51:], "unreadable"),
    "a PDF cut off": (_PDF[: len(_PDF) // 3], "unreadable"),
    "the beginning of a PDF": (b"%PDF-1.7", "unreadable"),
    "a PDF of nonsense": (b"%PDF-1.7\n" + b"\x00\xff<<>>" * 500, "unreadable"),
    "a PDF without a page": (made.pdf(pages=0), "unreadable"),
    "a PDF behind a password": (made.pdf(lambda writer: writer.encrypt("secret")), "locked"),
    "a PDF behind an empty password": (made.pdf(lambda writer: writer.encrypt("", "owner")), "locked"),
    "a PDF with script": (made.pdf(made.named_script), "active"),
    "a PDF that starts a program": (made.pdf(made.opens_with("Launch")), "active"),
    "a PDF that sends a form": (made.pdf(made.opens_with("SubmitForm")), "active"),
    "a PDF that opens another file": (made.pdf(made.opens_with("GoToR")), "active"),
    "a PDF with script at its opening": (made.pdf(made.opens_with("JavaScript")), "active"),
    "a PDF with a program behind a link": (made.pdf(made.on_a_page), "active"),
    "a PDF with a program that nothing leads to": (made.pdf(made.lies_about), "active"),
    "a PDF with a file in it": (made.pdf(lambda writer: writer.add_attachment("a.exe", made.EXE)), "active"),
    "a picture too large to draw": (made.bomb(), "too_big"),
    "a picture far too large to draw": (made.bomb(100_000), "too_big"),
    "a file above the limit": (_PNG + b"\0" * MB, "too_big"),
}  # fmt: skip


@pytest.mark.parametrize("name, content, kind", GOOD.values(), ids=GOOD)
def test_what_people_send_is_taken_for_what_it_is(name: str, content: bytes, kind: str) -> None:
    kept = judge(name, content, MB)
    assert kept.content_type == kind
    assert kept.name.endswith({PNG: ".png", JPEG: ".jpg", PDF: ".pdf"}[kind])
    assert kept.content == content if kind == PDF else Image.open(io.BytesIO(kept.content)).format in ("PNG", "JPEG")


@pytest.mark.parametrize("content, why", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["form.pdf", "photo.jpg", "photo.png"])
def test_whatever_it_is_called_the_rest_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(BadFile) as refused:
        judge(name, content, MB)
    assert (refused.value.why, refused.value.name) == (why, name)
    assert why in CODES


def test_a_photo_loses_where_and_by_whom_it_was_taken_and_is_turned_upright() -> None:
    sent = made.photo_with_place()
    assert b"Margaret" in sent and Image.open(io.BytesIO(sent)).getexif()
    kept = judge("photo.jpg", sent, MB).content
    picture = Image.open(io.BytesIO(kept))
    assert not picture.getexif() and b"Exif" not in kept and b"Margaret" not in kept
    assert picture.size == (40, 60), "it lay on its side"


def test_words_hidden_in_a_picture_go() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    kept = judge("photo.png", made.picture("PNG", pnginfo=info), MB).content
    assert b"script" not in kept
    assert b"<script>" not in judge("a.png", made.picture("PNG") + made.HTML, MB).content, "nor what stands behind it"


def test_what_can_be_seen_through_stays_so() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 40)).save(clear, "PNG")
    kept = Image.open(io.BytesIO(judge("a.png", clear.getvalue(), MB).content))
    assert kept.convert("RGBA").getpixel((0, 0)) == (10, 20, 30, 40)


def test_a_large_photo_becomes_smaller_and_can_still_be_read() -> None:
    kept = judge("a.jpg", made.picture("JPEG", size=(6000, 3000)), 10 * MB).content
    assert Image.open(io.BytesIO(kept)).size == (4096, 2048)


@pytest.mark.parametrize(
    "name, clean",
    [
        ("fit note.pdf", "fit note.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\amira\note.pdf", "note.pdf"),
        ("note.pdf.exe", "note.pdf.pdf"),
        ("note\r\nSet-Cookie: a=b.pdf", "noteSet-Cookie_ a=b.pdf"),
        ("note\u202efdp.exe", "notefdp.pdf"),
        ('no"te;.pdf', "no_te.pdf"),
        ("Übung für Łukasz.pdf", "Übung für Łukasz.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("n" * 300 + ".pdf", "n" * 80 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert clean_name(name, PDF) == clean


def test_a_broken_file_is_not_quoted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(BadFile):
        judge("a.pdf", b"%PDF-1.7\n1 0 obj <</Canary (CANARY-WORDS) /Canary 2>> endobj\ntrailer <</Root 1 0 R>>", MB)
    assert "anary" not in caplog.text


_WHOLE = [
    made.pdf(made.named_script, pages=2),
    made.pdf(made.links_to_a_site),
    made.picture("PNG"),
    made.photo_with_place(),
]


@settings(max_examples=200)
@given(
    st.sampled_from(_WHOLE), st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=8)
)
def test_however_a_file_is_damaged_it_is_taken_or_refused(whole: bytes, damage: list[tuple[int, int]]) -> None:
    damaged = bytearray(whole)
    for place, value in damage:
        damaged[place % len(damaged)] = value
    try:
        kept = judge("a.pdf", bytes(damaged), MB)
    except BadFile as bad:
        assert bad.why in CODES
    else:
        assert kept.content_type in (PNG, JPEG, PDF)


def test_a_file_of_too_many_parts_is_refused() -> None:
    def add(writer: PdfWriter) -> None:
        for _ in range(50_001):
            writer._add_object(made.action("GoTo"))

    with pytest.raises(BadFile) as refused:
        judge("a.pdf", made.pdf(add), 100 * MB)
    assert refused.value.why == "too_big"
