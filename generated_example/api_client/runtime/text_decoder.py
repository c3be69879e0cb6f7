# Copied by fluidkit. Changes to this file are overwritten.
"""Makes items of text, as it comes."""

import codecs

from .decoder import Batch, Decoder
from .options import Content, StreamOptions


class TextDecoder(Decoder):
    """Text as it comes, never with half a character, and without a BOM at its start."""

    def __init__(self, content: Content, options: StreamOptions, *, count: int) -> None:
        super().__init__(content, options, count=count)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")

    def feed(self, chunk: bytes) -> list[Batch]:
        return self._batches(self._decoder.decode(chunk))

    def end(self) -> list[Batch]:
        return self._batches(self._decoder.decode(b"", final=True))

    def _batches(self, text: str) -> list[Batch]:
        if not text:
            return []
        reader = self.content.reader
        self.count += 1
        return [Batch(reader.read, [text.encode()], reader, self.count - 1)]
