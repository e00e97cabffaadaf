"""Tables to be opened elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from connectors.console.site import HEADERS

_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would work out


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A file to keep. `rows`: the first are the headings."""
    file = io.StringIO()
    csv.writer(file).writerows([[_cell(value) for value in row] for row in rows])
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(file.getvalue(), media_type="text/csv", headers={**HEADERS, **disposition})


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
