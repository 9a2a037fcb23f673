"""What other features may ask of documents: one made or deleted, its facts, and how files are checked and kept."""

from lmhg_gateway.features.documents.download import HEADERS, opened, rest
from lmhg_gateway.features.documents.file_types import (
    ACCEPT,
    HEAD_BYTES,
    SAID,
    TYPES,
    FileRefused,
    check_size,
    check_whole,
    kind_of,
)
from lmhg_gateway.features.documents.filing import SealingReader, source_of
from lmhg_gateway.features.documents.forms import DeleteForm, Label, Name, NewDocument
from lmhg_gateway.features.documents.models import Document, DocumentHold
from lmhg_gateway.features.documents.pages import take_file
from lmhg_gateway.features.documents.repository import held_documents
from lmhg_gateway.features.documents.rules import Why
from lmhg_gateway.features.documents.service import add as add_document
from lmhg_gateway.features.documents.service import client_of_document, names_of_client
from lmhg_gateway.features.documents.service import take_back as take_document_back
from lmhg_gateway.features.documents.views import label_options, size_words

__all__ = [
    "ACCEPT",
    "HEADERS",
    "HEAD_BYTES",
    "SAID",
    "TYPES",
    "DeleteForm",
    "Document",
    "DocumentHold",
    "FileRefused",
    "Label",
    "Name",
    "NewDocument",
    "SealingReader",
    "Why",
    "add_document",
    "check_size",
    "check_whole",
    "client_of_document",
    "held_documents",
    "kind_of",
    "label_options",
    "names_of_client",
    "opened",
    "rest",
    "size_words",
    "source_of",
    "take_document_back",
    "take_file",
]
