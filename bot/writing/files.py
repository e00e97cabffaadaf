"""Files that people send, judged by what is in them: a PDF, a JPEG or a PNG, whatever they are called."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

from bot.writing.documents import check_pdf
from bot.writing.pictures import redraw
from bot.writing.trouble import BadFile

_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
# https://www.eicar.org/download-anti-malware-testfile: what every virus scanner takes for a virus.
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_LONGEST_NAME = 80
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|;%\x00-\x1f\x7f]+')


@dataclass(frozen=True)
class GoodFile:
    """A file that may be kept. A picture has been drawn anew, so that nothing else is left in it.

    Attributes:
        name: without a path, with the ending of what it is.
    """

    name: str
    content_type: str
    content: bytes = field(repr=False)


def judge(name: str, content: bytes, most_bytes: int) -> GoodFile:
    """The file as it may be kept.

    Raises:
        BadFile: with the reason as a code.
    """
    if not content:
        raise BadFile("empty", name)
    if len(content) > most_bytes:
        raise BadFile("too_big", name)
    try:
        content_type, kept = _read(content)
    except BadFile as bad:
        raise BadFile(bad.why, name) from None
    return GoodFile(clean_name(name, content_type), content_type, kept)


def clean_name(name: str, content_type: str) -> str:
    """As it was called, but with the ending of what it is, and nothing that could be taken for something else."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C")
    stem = _NOT_IN_A_NAME.sub("_", plain).rpartition(".")[0] or _NOT_IN_A_NAME.sub("_", plain)
    return (stem.strip(" ._")[:_LONGEST_NAME] or "file") + _ENDINGS[content_type]


def _read(content: bytes) -> tuple[str, bytes]:
    if _EICAR in content:
        raise BadFile("virus")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise BadFile("not_allowed")  # an archive, whatever stands before it
    if content.startswith(b"%PDF-"):
        check_pdf(content)
        return "application/pdf", content
    return redraw(content)
