"""A form with files is read as it comes in: in whatever pieces, never more of it than may be, and nothing before its
token has been judged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request

from connectors.forms import NotOurForm
from connectors.uploads import Upload, read_upload

BOUNDARY = "----WebKitFormBoundaryq1w2e3"
FIELDS = {"token": "ours", "topic": "form", "text": "my words\r\n--not the end\r\n"}
FILES = {"a.pdf": b"%PDF-" + bytes(range(256)) * 40, "b %22x%22.png": b"\r\n----WebKitFormBoundaryq1w2e" * 50}
MB = 1024 * 1024


def body(fields: dict[str, str] = FIELDS, files: dict[str, bytes] = FILES) -> bytes:
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'name="files"; filename="{name}"\r\nContent-Type: text/html\r\n\r\n'.encode() + content
        for name, content in files.items()
    ]
    joined = b"".join(f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts)
    return joined + f"--{BOUNDARY}--\r\n".encode()


class Sender:
    """A browser that sends in pieces, and counts those that were taken."""

    def __init__(self, pieces: Iterator[bytes] | list[bytes], **headers: str) -> None:
        self._pieces, self.taken = iter(pieces), 0
        own = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", "sec-fetch-site": "same-origin"}
        raw = [(name.encode(), value.encode()) for name, value in {**own, **headers}.items()]
        self.request = Request({"type": "http", "method": "POST", "headers": raw}, self._receive)

    async def _receive(self) -> dict[str, Any]:
        piece = next(self._pieces, None)
        self.taken += piece is not None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    def is_read(self, largest: int = MB) -> Upload:
        return asyncio.run(read_upload(self.request, largest, lambda token: token == "ours"))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000, 10**6])
def test_it_reads_the_same_in_whatever_pieces_it_comes(size: int) -> None:
    whole = body()
    upload = Sender([whole[at : at + size] for at in range(0, len(whole), size)]).is_read()
    assert dict(upload) == FIELDS and not upload.is_too_large
    assert [(each.name, each.content) for each in upload.files] == [
        ("a.pdf", FILES["a.pdf"]),
        ('b "x".png', FILES["b %22x%22.png"]),
    ]


@pytest.mark.parametrize(
    "fields", [{"token": "theirs"}, {"text": "words", "token": "ours"}, {}, {"files": "ours"}], ids=str
)
def test_without_our_token_first_nothing_more_is_taken_in(fields: dict[str, str]) -> None:
    whole = body(fields, {"a.pdf": b"x" * MB})
    sender = Sender([whole[at : at + 1000] for at in range(0, len(whole), 1000)])
    with pytest.raises(NotOurForm):
        sender.is_read()
    assert sender.taken <= 2


def test_from_another_site_nothing_is_read_at_all() -> None:
    sender = Sender([body()], **{"sec-fetch-site": "cross-site"})
    with pytest.raises(NotOurForm):
        sender.is_read()
    assert sender.taken == 0


@pytest.mark.parametrize("times", [2, 3, 100])
def test_what_is_too_large_keeps_its_words_and_no_file_and_is_not_read_for_ever(times: int) -> None:
    whole = body(FIELDS, {"a.pdf": b"x" * (times * MB)})
    sender = Sender([whole[at : at + 65536] for at in range(0, len(whole), 65536)])
    upload = sender.is_read(MB)
    assert upload.is_too_large and upload.files == [] and dict(upload) == FIELDS
    assert sender.taken <= 4 * 16 + 2


def test_files_that_came_in_whole_before_are_let_go_too() -> None:
    whole = body(FIELDS, {"a.pdf": b"x" * 1000, "b.pdf": b"x" * (2 * MB)})
    assert Sender([whole]).is_read(MB).files == []


def test_words_without_end_are_too_large_as_well() -> None:
    whole = body({"token": "ours", "topic": "form", "text": "x" * (700 * 1024)}, {"a.pdf": b"x"})
    upload = Sender([whole[at : at + 65536] for at in range(0, len(whole), 65536)]).is_read(5 * MB)
    assert upload.is_too_large and dict(upload) == {"token": "ours", "topic": "form"} and upload.files == []


def test_more_parts_than_a_form_of_ours_has_are_refused() -> None:
    with pytest.raises(NotOurForm):
        Sender([body({"token": "ours", **{f"x{number}": "1" for number in range(40)}})]).is_read()


def test_where_nothing_was_chosen_there_is_no_file() -> None:
    assert Sender([body(FIELDS, {"": b""})]).is_read().files == []


@pytest.mark.parametrize("cut", [1, 10, 1000, 9000])
def test_a_form_that_breaks_off_is_not_taken_for_a_whole_one(cut: int) -> None:
    whole = body().rstrip()
    with pytest.raises(NotOurForm):
        Sender([whole[:-cut]]).is_read()
