"""What the weekly packet opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

PACKET_LINE = IncidentCode(
    code="packet_line",
    title="A line of the weekly packet is an incident",
    happened="While reviewing the week, an officer found something that needs work.",
    todo="Read the officer's comment in the packet. Work on it here, and resolve it with its cause.",
)
