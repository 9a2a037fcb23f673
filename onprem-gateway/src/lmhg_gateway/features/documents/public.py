"""What other features may ask of documents: whose one is, a client's names of them, which are on hold, and how files are kept."""

from lmhg_gateway.features.documents.download import HEADERS, opened, rest
from lmhg_gateway.features.documents.file_types import (
    ACCEPT,
    HEAD_BYTES,
    SAID,
    TYPES,
    FileRefused,
    check_size,
    kind_of,
)
from lmhg_gateway.features.documents.filing import SealingReader, source_of
from lmhg_gateway.features.documents.pages import take_file
from lmhg_gateway.features.documents.repository import held_documents
from lmhg_gateway.features.documents.service import client_of_document, names_of_client
from lmhg_gateway.features.documents.taken_along import StoredFile, opened_file, stored_files
from lmhg_gateway.features.documents.views import size_words

__all__ = [
    "ACCEPT",
    "HEADERS",
    "HEAD_BYTES",
    "SAID",
    "TYPES",
    "FileRefused",
    "SealingReader",
    "StoredFile",
    "check_size",
    "client_of_document",
    "held_documents",
    "kind_of",
    "names_of_client",
    "opened",
    "opened_file",
    "rest",
    "size_words",
    "source_of",
    "stored_files",
    "take_file",
]
