"""PDFs that people send: pages to read, and nothing that does something by itself."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from bot.writing.trouble import BadFile

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of broken files quotes them

_MOST_OBJECTS = 50_000  # a book of a thousand pages has fewer
# ISO 32000-1, 12.6.4: actions that do more than go to another page or open a web address.
_DOES = frozenset(
    [
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/ResetForm", "/Rendition"),
        *("/RichMediaExecute", "/Sound", "/Movie", "/Hide", "/SetOCGState"),
    ]
)
_HOLDS = frozenset(["/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/RichMediaContent", "/XFA", "/EF"])
_KINDS = frozenset(["/EmbeddedFile", "/RichMedia", "/FileAttachment", "/3D", "/Screen"])
_HARMLESS = (None, "/GoTo", "/Named")


def check_pdf(content: bytes) -> None:
    """Raises:
    BadFile: "locked" if it needs a password, "active" if it holds a program or other files, "unreadable" otherwise.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise BadFile("locked")
        if not _has_pages(reader):
            raise BadFile("unreadable")
        if any(map(_is_active, _objects(reader))):
            raise BadFile("active")
    except BadFile:
        raise
    except Exception:  # whatever pypdf stumbles over in a broken file: nobody could read it
        raise BadFile("unreadable") from None


def _has_pages(reader: PdfReader) -> bool:
    """Whether there is one, and each can be read."""
    return sum(bool(page.mediabox) for page in reader.pages) > 0


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those of streams too, whether or not anything leads to it."""
    numbers = {(number, generation) for generation, held in reader.xref.items() for number in held}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > _MOST_OBJECTS:
        raise BadFile("too_big")
    yield from _within(reader.trailer)
    for number, generation in sorted(numbers):
        yield from _within(reader.get_object(IndirectObject(number, generation, reader)))


def _within(held: Any) -> Iterator[DictionaryObject]:
    """It and what stands in it; what it only points to has its own number."""
    waiting = [held]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(each.raw_get(name) for name in each)
        elif isinstance(each, ArrayObject):
            waiting.extend(each)


def _is_active(held: DictionaryObject) -> bool:
    if _HOLDS & held.keys() or _DOES & {_name(held, "/S")} or _KINDS & {_name(held, "/Type"), _name(held, "/Subtype")}:
        return True
    opens = _value(held, "/OpenAction")
    return isinstance(opens, DictionaryObject) and _name(opens, "/S") not in _HARMLESS


def _name(held: DictionaryObject, key: str) -> str | None:
    """What stands there, if that is a name."""
    value = _value(held, key)
    return str(value) if isinstance(value, str) else None


def _value(held: DictionaryObject, key: str) -> Any:
    """What stands there, or where it points to."""
    return held[key] if held.keys() & {key} else None
