"""What a portal text that named a client opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

CLIENT_NAMED_IN_CLOUD = IncidentCode(
    code="client_named_in_cloud",
    title="A portal text named a client",
    happened="Someone wrote about a client on the portal. The original is kept in the office, and the portal was told to remove its copy.",
    todo="Read the blocked message. Check that the portal's copy is gone. Then talk to the person who wrote it.",
)
CLIENT_NAMED_LATER = IncidentCode(
    code="client_named_later",
    title="A text on the portal names someone who is now a client",
    happened="When the text was shared, it named no client. Later that name, number or date became a client's. The text was taken back at once. No one made a mistake.",
    todo="Open Found later to see how long the text could be read, and if it is gone. Decide if someone could have learned that this person is a client.",
)
