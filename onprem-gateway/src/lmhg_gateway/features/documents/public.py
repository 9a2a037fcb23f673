"""What other features may ask of documents: whose one is, the names of a client's, and which are on hold."""

from lmhg_gateway.features.documents.repository import held_documents
from lmhg_gateway.features.documents.service import client_of_document, names_of_client

__all__ = ["client_of_document", "held_documents", "names_of_client"]
