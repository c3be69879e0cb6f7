"""What is deployed: a folder with both sides and what to install for them."""

from .assembly import Bundle, assemble, bundle_folder, check_replaceable

__all__ = ["Bundle", "assemble", "bundle_folder", "check_replaceable"]
