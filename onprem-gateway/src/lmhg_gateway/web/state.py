"""What the workspace keeps for its requests."""

from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.state import Key

SETTINGS: Key[WorkspaceSettings] = Key("settings")
