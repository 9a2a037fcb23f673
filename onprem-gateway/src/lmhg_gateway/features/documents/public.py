"""What other features may ask of documents: one made, deleted, its facts, and how files are checked and kept."""

from lmhg_gateway.features.documents.download import HEADERS, KeptFile, opened
from lmhg_gateway.features.documents.file_types import (
    HEAD_BYTES,
    SAID,
    TYPES,
    FileRefused,
    check_whole,
    kind_of,
)
from lmhg_gateway.features.documents.filing import SealingReader
from lmhg_gateway.features.documents.forms import DeleteForm, Label, Name, NewDocument
from lmhg_gateway.features.documents.models import Document
from lmhg_gateway.features.documents.rules import Why
from lmhg_gateway.features.documents.service import add as add_document
from lmhg_gateway.features.documents.service import client_of_document, names_of_client
from lmhg_gateway.features.documents.service import remove as remove_document
from lmhg_gateway.features.documents.views import label_options, size_words

__all__ = [
    "HEADERS",
    "HEAD_BYTES",
    "SAID",
    "TYPES",
    "DeleteForm",
    "Document",
    "FileRefused",
    "KeptFile",
    "Label",
    "Name",
    "NewDocument",
    "SealingReader",
    "Why",
    "add_document",
    "check_whole",
    "client_of_document",
    "kind_of",
    "label_options",
    "names_of_client",
    "opened",
    "remove_document",
    "size_words",
]
