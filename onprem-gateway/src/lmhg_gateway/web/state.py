"""What the workspace keeps for its requests."""

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.state import Key

SETTINGS: Key[WorkspaceSettings] = Key("settings")
SPOOL: Key[Spool | None] = Key("spool")
"""Where files are on their way in; None where the settings name no folder."""
STORE: Key[ObjectStore | None] = Key("store")
"""Where documents are kept; None where the settings name no store."""
