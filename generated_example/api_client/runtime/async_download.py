# Copied by fluidkit. Changes to this file are overwritten.
"""Files from the server, chunk by chunk, for code that awaits."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from .async_connections import AsyncConnections
from .calls import Call
from .exchange import FAILURES, broken_off
from .inflating import achunks_of
from .options import StreamOptions
from .progress import Progress
from .saving import Target, head_of, saved


class AsyncDownload:
    """A file that a route answers with. Nothing is asked for until it is read or saved, once.

        await client.files.report().save("report.pdf", on_progress=print)

    Iterated, it gives the bytes as they come. Leaving the loop closes the connection.
    """

    def __init__(
        self, connections: AsyncConnections, call: Call, options: StreamOptions
    ) -> None:
        self._connections = connections
        self._call = call
        self._options = options
        self.name = ""
        """A name that is safe to save it by, once the server has answered."""
        self.total: int | None = None
        """Its bytes, if the server says how many."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        headers = {"accept": "*/*", **self._call.all_headers}
        response = await self._connections.open(self._call, headers, self._options)
        try:
            self.name, self.total = head_of(response)
            async for chunk in achunks_of(response):
                yield chunk
        except FAILURES as error:
            raise broken_off(error, self._call) from error
        finally:
            await response.aclose()

    async def read(
        self, *, on_progress: Callable[[Progress], object] | None = None
    ) -> bytes:
        """The whole file."""
        return b"".join([chunk async for chunk in self._told(on_progress)])

    async def save(
        self, target: Target, *, on_progress: Callable[[Progress], object] | None = None
    ) -> Path | None:
        """Writes the file to a path, into a folder under its own name, or to an opened file.

        What is at the path is replaced once all has come. Returns where it is.
        """
        with saved(target) as saving:
            async for chunk in self._told(on_progress):
                saving.write(chunk)
            return saving.finish(self.name)

    async def _told(
        self, on_progress: Callable[[Progress], object] | None
    ) -> AsyncIterator[bytes]:
        loaded = 0
        async for chunk in self:
            loaded += len(chunk)
            if on_progress is not None:
                on_progress(Progress(loaded, self.total))
            yield chunk
