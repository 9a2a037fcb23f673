"""What the portal keeps for its requests."""

from lmhg_kit.http.state import Key
from lmhg_portal.adapters.file_store import FileStore

FILES: Key[FileStore | None] = Key("files")
"""Where files of the library lie; None where the settings name no store."""
