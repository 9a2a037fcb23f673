"""The features of the portal: one line each, and nothing of a feature is named elsewhere."""

from dataclasses import replace

from lmhg_kit.feature import Feature
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.help import HELP
from lmhg_portal.features.announcements import FEATURE as ANNOUNCEMENTS
from lmhg_portal.features.calendar import FEATURE as CALENDAR
from lmhg_portal.features.home import FEATURE as HOME
from lmhg_portal.features.identity import FEATURE as IDENTITY
from lmhg_portal.features.library import FEATURE as LIBRARY
from lmhg_portal.features.log_gaps import FEATURE as LOG_GAPS
from lmhg_portal.features.tickets import FEATURE as TICKETS
from lmhg_portal.kernel.released import RELEASED

FEATURES: tuple[Feature, ...] = (
    replace(SHELL, app="portal", needs=("home", "identity")),
    replace(HELP, app="portal"),
    HOME,
    TICKETS,
    CALENDAR,
    ANNOUNCEMENTS,
    LIBRARY,
    LOG_GAPS,
    IDENTITY,
)
"""In the order of the navigation and of what they contribute."""

RELEASED.take(FEATURES)
