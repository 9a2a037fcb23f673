"""People of a referral: several people can take part in one, each in a role."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.referral_people import api
from lmhg_gateway.features.referral_people.client_page import rows_of_client
from lmhg_gateway.features.referral_people.models import ReferralPerson
from lmhg_gateway.features.referral_people.pages import PAGES, find_parts
from lmhg_gateway.features.referral_people.referral_page import rows_of_referral
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection, ReferralSection
from lmhg_kit.feature import Feature, Permission, SearchProvider

FEATURE = Feature(
    name="referral_people",
    app="workspace",
    pages=PAGES,
    api=api.HANDLERS,
    search=(
        SearchProvider(label="Takes part in", permission="referral_people.read", find=find_parts),
    ),
    messages={
        "referral_part": "This person takes no part in this referral.",
        "part_already": "This person takes part already.",
        "part_many": "There are too many people in this referral.",
    },
    notices={
        "referral_people.added": "Person added to the referral.",
        "referral_people.removed": "Person removed from the referral. Their record stays.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="referral_people.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="referrals",
        ),
        Permission(
            name="referral_people.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="referrals",
        ),
    ),
    models=(ReferralPerson,),
    contributes=(
        ReferralSection(
            permission="referral_people.read",
            template="referral_people/referral_part.html",
            load=rows_of_referral,
        ),
        ClientSection(
            permission="referral_people.read",
            template="referral_people/client_part.html",
            load=rows_of_client,
        ),
        rows_by(ReferralPerson.client_id, noun="part in a referral"),
    ),
    needs=("referrals",),
)
