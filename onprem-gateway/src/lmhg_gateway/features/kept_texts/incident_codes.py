"""What a portal text that named a client opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

CLIENT_NAMED_IN_CLOUD = IncidentCode(
    code="client_named_in_cloud",
    title="A portal text named a client",
    happened="Somebody wrote about a client on the portal. The original is kept here, and the portal was"
    " ordered to remove its copy.",
    todo="Read the kept text, see that the portal's copy is gone (its redaction order has a receipt),"
    " and talk to whoever wrote it.",
)
CLIENT_NAMED_LATER = IncidentCode(
    code="client_named_later",
    title="A text on the portal names someone who is a client now",
    happened="When the text was shared it named no client. Since then that name, number or date became a"
    " client's. The text was taken back or ordered removed at once; nobody wrote it wrongly.",
    todo="Open Found later: it says since when the text could be read on the portal, and whether it is"
    " gone. Judge whether somebody who read it learned that this person is a client.",
)
