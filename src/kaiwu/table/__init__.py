"""Tables and files in and out: content files with places, snapshots, digests."""

from kaiwu.table.digest import digest_frame, digest_value
from kaiwu.table.document import Document, KeyPath, parse_document, print_path, read_document

__all__ = ["Document", "KeyPath", "digest_frame", "digest_value", "parse_document", "print_path", "read_document"]
