"""Pictures that people send, drawn anew: what else was in the file, such as where a photo was taken, is gone."""

from __future__ import annotations

import io
import threading
import warnings

from PIL import Image, UnidentifiedImageError

from bot.writing.trouble import BadFile

_FORMATS = ("JPEG", "PNG")
_MOST_PIXELS = 60_000_000  # the largest that telephones take are 50 million
_LONGEST_SIDE = 4096  # pixels; a page of small print is still easy to read
_QUALITY = 90
_ORIENTATION = 0x0112  # the tag of Exif; its values are those of TIFF 6.0
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_one_at_a_time = threading.Lock()  # a large picture takes 180 MB while it is drawn


def redraw(content: bytes) -> tuple[str, bytes]:
    """(content type, content) of a JPEG or PNG.

    Raises:
        BadFile: "not_allowed" if it is neither, "unreadable" if it is damaged, "too_big" if it has too many pixels.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                return _redrawn(picture)
        except UnidentifiedImageError:
            raise BadFile("not_allowed") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise BadFile("too_big") from None
        except BadFile:
            raise
        except Exception:  # whatever Pillow stumbles over in a broken file
            raise BadFile("unreadable") from None


def _orientation(picture: Image.Image) -> object:
    """How the camera was held, as Exif has it."""
    try:
        return picture.getexif().get(_ORIENTATION)
    except Exception:  # what stands beside a picture may be broken, and the picture whole
        return None


def _redrawn(picture: Image.Image) -> tuple[str, bytes]:
    if picture.width * picture.height > _MOST_PIXELS:
        raise BadFile("too_big")
    kind = str(picture.format)
    picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
    picture.load()
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    turn = _TURNS.get(_orientation(picture))
    upright = (picture if turn is None else picture.transpose(turn)).convert("RGB" if kind == "JPEG" else "RGBA")
    blank = Image.new(upright.mode, upright.size)  # carries nothing over but the dots
    blank.paste(upright)
    drawn = io.BytesIO()
    if kind == "JPEG":
        blank.save(drawn, "JPEG", quality=_QUALITY)
        return "image/jpeg", drawn.getvalue()
    blank.save(drawn, "PNG")
    return "image/png", drawn.getvalue()
