"""What other features may ask of documents: whose one is, and the names of a client's."""

from lmhg_gateway.features.documents.service import client_of_document, names_of_client

__all__ = ["client_of_document", "names_of_client"]
