"""What break-glass opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

OPENED = IncidentCode(
    code="break_glass",
    title="Emergency access was opened",
    happened="Someone opened read access to client information for a short time and gave a reason.",
    todo="Review the opening on the Emergency access page: was the reason good, and did they look at no"
    " more than it needed?",
)
