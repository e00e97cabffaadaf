"""Files that patients sent, given out to be kept: nothing of them is ever shown by our own pages."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.staff.roles import Task
from bot.store import attachments, threads
from connectors.console.site import HEADERS, HOME, ConsoleSite
from connectors.console.visitor import MISSING, Visitor

_HEADERS = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


class FilePages:
    """For whoever may read the conversation that the file came with."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        return [self._site.page(f"{HOME}/files/{{id}}", self.give, Task.READ_CONVERSATION)]

    def give(self, visitor: Visitor) -> Response:
        asked = visitor.request.path_params["id"]
        with self._program.database.read() as connection:
            found = attachments.find_file(connection, asked) if asked.isascii() and asked.isalnum() else None
            thread = threads.thread_of(connection, found[0].conversation_id) if found else None
        if found is None:
            raise MISSING
        file, content = found
        patient_id = thread.patient_id if thread else None
        self._site.note(visitor, "file.view", "done", patient_id, file.conversation_id, file.id)
        # RFC 5987: as it was called, and in plain letters for what does not know that.
        plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
        named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(content, media_type=file.content_type, headers={**_HEADERS, "Content-Disposition": named})
