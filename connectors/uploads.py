"""Forms of our own pages with files in them, read as they come in. Nothing is kept on a disk, and never more in memory
than such a form may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from connectors.forms import NotOurForm, is_own_page
from connectors.webchat.browser import clean

_LARGEST_FIELDS = 512 * 1024  # bytes, of all fields but files
_MOST_PARTS = 30
_READ_ON = 4  # times the largest: what is too large is read on, unkept, for so long that the browser takes our answer


@dataclass(frozen=True)
class SentFile:
    """As it was sent; nothing in it is to be believed."""

    name: str
    content: bytes = field(repr=False)


class Upload(dict[str, str]):
    """The fields, by name, and the files. Of a form that was too large those parts that came in whole."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[SentFile] = []
        self.is_too_large = False


async def read_upload(request: Request, largest: int, is_ours: Callable[[str], bool]) -> Upload:
    """A form with files. `largest` in bytes, of the whole.

    Args:
        is_ours: whether the form's token is one that we gave this browser. It is the first field: before it has been
            judged nothing is kept.

    Raises:
        NotOurForm: it came from another site, carries no token of ours, or cannot be read.
    """
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    boundary = options.get(b"boundary", b"")
    if not is_own_page(request) or kind != b"multipart/form-data" or not boundary:
        raise NotOurForm
    reading, size = _Reading(boundary, is_ours), 0
    async for chunk in request.stream():
        if size < largest and not reading.upload.is_too_large:
            reading.takes(chunk[: largest - size])
        size += len(chunk)
        if size > largest:
            reading.gives_up()
        if size > largest * _READ_ON:
            break
    if not (reading.is_known and (reading.is_whole or reading.upload.is_too_large)):
        raise NotOurForm
    return reading.upload


class _Reading:
    """The parser's other side: gathers one part after the other."""

    def __init__(self, boundary: bytes, is_ours: Callable[[str], bool]) -> None:
        self.upload = Upload()
        self.is_known = self.is_whole = False
        self._is_ours, self._parts, self._of_fields = is_ours, 0, 0
        self._name, self._file_name, self._header = "", "", b""
        self._value, self._content, self._is_file = bytearray(), bytearray(), False
        callbacks: Any = {
            "on_part_begin": self._begin,
            "on_header_field": self._note_header,
            "on_header_value": self._note_value,
            "on_header_end": self._end_header,
            "on_part_data": self._note_content,
            "on_part_end": self._end,
            "on_end": self._end_whole,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError:
            raise NotOurForm from None

    def takes(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise NotOurForm from None

    def gives_up(self) -> None:
        """It is too large: its words are kept, and no file of it."""
        self.upload.is_too_large = True
        self.upload.files.clear()
        self._content = bytearray()

    # What the parser calls.

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS or (self._parts > 1 and not self.is_known):
            raise NotOurForm
        self._name, self._file_name, self._is_file = "", "", False
        self._content = bytearray()

    def _note_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _note_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = _as_text(options.get(b"name", b""))
            self._file_name = _unescaped(_as_text(options.get(b"filename", b"")))
            self._is_file = b"filename" in options
            if not self.is_known and (self._is_file or self._name != "token"):
                raise NotOurForm
        self._header, self._value = b"", bytearray()

    def _note_content(self, data: bytes, start: int, end: int) -> None:
        if not self._is_file:
            self._of_fields += end - start
            if self._of_fields > _LARGEST_FIELDS:
                self.gives_up()
                return
        self._content += data[start:end]

    def _end(self) -> None:
        if self.upload.is_too_large:
            return
        if self._is_file:
            if self._file_name or self._content:  # a browser sends one without either where nothing was chosen
                self.upload.files.append(SentFile(self._file_name, bytes(self._content)))
            return
        value = _as_text(self._content)
        if not self.is_known:
            self.is_known = self._is_ours(value)
            if not self.is_known:
                raise NotOurForm
        self.upload[self._name] = value

    def _end_whole(self) -> None:
        self.is_whole = True


def _unescaped(name: str) -> str:
    """A file's name as it was; browsers write three characters in another way (HTML, multipart/form-data)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _as_text(raw: bytes | bytearray) -> str:
    return clean(bytes(raw).decode("utf-8", "replace"))
