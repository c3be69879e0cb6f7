"""What is deployed: a folder with both sides and what to install for them."""

from .assembly import assemble, bundle_folder, check_replaceable

__all__ = ["assemble", "bundle_folder", "check_replaceable"]
