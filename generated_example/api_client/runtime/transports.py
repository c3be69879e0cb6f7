# Copied by fluidkit. Changes to this file are overwritten.
"""Transports of httpx2 for the two kinds of functions: one that serves only one kind says so."""

import httpx2

Transport = httpx2.BaseTransport | httpx2.AsyncBaseTransport


def for_sync(transport: Transport | None) -> httpx2.BaseTransport | None:
    if transport is None or isinstance(transport, httpx2.BaseTransport):
        return transport
    return _Refusing()


def for_async(transport: Transport | None) -> httpx2.AsyncBaseTransport | None:
    if transport is None or isinstance(transport, httpx2.AsyncBaseTransport):
        return transport
    return _Refusing()


class _Refusing(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Else such a request would go out to the network."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.UnsupportedProtocol(
            "the transport serves asynchronous functions only"
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.UnsupportedProtocol("the transport serves plain functions only")
