"""What other features may ask of documents: whose one is, the names of a client's, which are on hold, and all files."""

from lmhg_gateway.features.documents.repository import held_documents
from lmhg_gateway.features.documents.service import client_of_document, names_of_client
from lmhg_gateway.features.documents.taken_along import StoredFile, opened_file, stored_files

__all__ = [
    "StoredFile",
    "client_of_document",
    "held_documents",
    "names_of_client",
    "opened_file",
    "stored_files",
]
