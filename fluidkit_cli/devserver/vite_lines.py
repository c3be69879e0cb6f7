"""What Vite and SvelteKit write, kept short: it was not meant to stand beside others' lines."""

import re

from .lines import Spans

_STAMPED = re.compile(r"^\d{1,2}[:.]\d\d[:.]\d\d(?:\s?[AaPp]\.?[Mm]\.?)? \[vite\] (.*)$")
_SIDE = re.compile(r"^\((client|ssr)\) ")
_REQUEST = re.compile(r"^([1-5]\d\d) ([A-Z]+) (/.*)$")
_NEWS = re.compile(r"^(hmr update|hmr invalidate|page reload|trigger page reload) ?(.*)$")

_NOISE = re.compile(
    r"^(?:\(ssr\) connected\."
    r"|(?:\((?:client|ssr)\) )?(?:Forced re-optimization|Re-optimizing|\[optimizer\]) .*"
    r"|\(ssr\) (?:page reload|hmr update) .*"  # the browser's line says the same
    r"|\(client\) page reload \.svelte-kit/.*"  # SvelteKit writes one for each page
    r"|\s+at .*(?:node:|/node_modules/(?:vite|svelte|@sveltejs)/).*"  # frames of no use to users
    r"|\s*VITE v[\d.]+\S*\s+ready in .*|\s*)$"
)

_STATUS_STYLES = {"1": "cyan", "2": "green", "3": "cyan", "4": "yellow", "5": "red"}


def shortened(line: str) -> str | Spans | None:
    """The line, without a time and Vite's name; None when it says nothing that helps."""
    stamped = _STAMPED.match(line)
    text = stamped[1] if stamped else line
    if _NOISE.match(text):
        return None
    if request := _REQUEST.match(text):
        status, method, address = request.groups()
        return (f"{method} {address} ", ""), (status, _STATUS_STYLES[status[0]])
    if not stamped:
        return line
    text = _SIDE.sub("", text)
    if news := _NEWS.match(text):
        return (news[1], "green"), (f" {news[2]}", "dim")
    return ((text, "red"),) if "error" in text.lower() else text
