"""What is deployed: a folder with both sides and what to install for them."""

from .assembly import (
    add_backend,
    add_site,
    bundle_folder,
    check_replaceable,
    replace_bundle,
    staged,
)

__all__ = [
    "add_backend",
    "add_site",
    "bundle_folder",
    "check_replaceable",
    "replace_bundle",
    "staged",
]
