"""What break-glass opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

OPENED = IncidentCode(
    code="break_glass",
    title="Break-glass was opened",
    happened="Somebody gave themselves read access to client information for a short time, with a reason.",
    todo="Review the opening on the Break-glass page: was the reason good, and did they look at no"
    " more than it needed?",
)
