"""The people around a client: guardians and emergency contacts, and the notice of privacy practices."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.related_people import api
from lmhg_gateway.features.related_people.client_page import around
from lmhg_gateway.features.related_people.models import PrivacyNotice, RelatedPerson, RelatedToken
from lmhg_gateway.features.related_people.pages import (
    add_person,
    edit_person_page,
    find_people,
    new_person,
    notice_page,
    record_notice,
    remove_person,
    restore_person,
    save_person,
)
from lmhg_gateway.features.related_people.referral_page import people_of_referral
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection, ReferralSection
from lmhg_kit.feature import Feature, Permission, SearchProvider

FEATURE = Feature(
    name="related_people",
    app="workspace",
    needs=("clients", "documents", "referrals"),
    pages=(
        new_person,
        add_person,
        edit_person_page,
        save_person,
        remove_person,
        restore_person,
        notice_page,
        record_notice,
    ),
    api=api.HANDLERS,
    search=(
        SearchProvider(
            label="Guardians and contacts", permission="related_people.read", find=find_people
        ),
    ),
    messages={
        "related_person": "We can't find this person.",
        "related_person_changed": "Someone else changed this person after you opened it.",
        "related_person_wrong": "The person was not saved. Check what is marked.",
        "privacy_notice_wrong": "Nothing was saved. Check what is marked.",
    },
    notices={
        "related_person.added": "Person added for {who}.",
        "related_person.saved": "Changes saved for {who}.",
        "related_person.removed": "Person removed for {who}.",
        "related_person.restored": "The person is back for {who}.",
        "privacy_notice.noted": "Privacy notice saved for {who}.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="related_people.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="clients",
        ),
        Permission(name="related_people.write", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN})),
    ),
    models=(RelatedPerson, RelatedToken, PrivacyNotice),
    contributes=(
        ClientSection(
            permission="related_people.read",
            template="related_people/client_part.html",
            load=around,
        ),
        ReferralSection(
            permission="related_people.read",
            template="related_people/referral_part.html",
            load=people_of_referral,
        ),
        rows_by(RelatedPerson.client_id, noun="guardian or contact"),
        rows_by(PrivacyNotice.client_id, noun="privacy notice"),
    ),
)
