"""Pages of consents: recording one, one of them, ending it with what follows, taking that back."""

import uuid
from typing import Any

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.consents import rules, service, views
from lmhg_gateway.features.consents.forms import EndForm, NewConsent
from lmhg_gateway.features.documents.public import names_of_client
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession

ONE = "/consents/{consent_id:uuid}"
WRITE = "consents.write"
CHOOSE_END = [each for each in rules.ENDS.items() if each[0] != rules.EXPIRED]


@shows(
    "/clients/{client_id:uuid}/consents/new",
    WRITE,
    template="consents/form.html",
    purpose="consent.new",
    form=NewConsent,
)
async def new_consent(tx: ReadSession, ask: Ask[NewConsent], client_id: uuid.UUID) -> Context:
    """The form for what someone agreed to."""
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    values = ask.form.values
    if not ask.form.errors and not values.get("given_on"):
        values["given_on"] = ask.practice.today().isoformat()
    papers = await names_of_client(tx, client_id)
    return {
        "client": names[client_id],
        "client_id": client_id,
        "today": ask.practice.today(),
        "scopes": [
            ("", "Choose one"),
            *((each.value, said) for each, said in rules.SCOPES.items()),
        ],
        "givers": views.options(rules.GIVERS),
        "hows": views.options(rules.HOW),
        "papers": [("", "No document"), *((str(each), name) for each, name in papers)],
    }


@acts(
    "/clients/{client_id:uuid}/consents",
    WRITE,
    purpose="consent.new",
    form=NewConsent,
    back=new_consent,
)
async def add_consent(
    tx: WriteSession, ask: Ask[NewConsent], data: NewConsent, client_id: uuid.UUID
) -> Done:
    """Write the consent down; what it allows counts at once."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.record(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return Done(f"/consents/{made.id}", "consent.recorded", about=client_id)


@shows(ONE, "consents.read", template="consents/consent.html", purpose="consent.view", form=EndForm)
async def consent_page(tx: ReadSession, ask: Ask[EndForm], consent_id: uuid.UUID) -> Context:
    """One consent: what it covers, and what follows when it ends."""
    found, staff = await service.view(tx, consent_id), await staff_names(tx)
    today = ask.practice.today()
    names = await names_of(tx, [found.client_id])
    return {
        "card": views.card(found, staff, by=ask.by, at=ask.at, today=today),
        "client": names.get(found.client_id, ""),
        "follows": views.said(await service.what_follows(tx, found, today=today)),
        "reasons": CHOOSE_END,
    }


@acts(f"{ONE}/end", WRITE, purpose="consent.end", form=EndForm, back=consent_page)
async def end_consent(
    tx: WriteSession, ask: Ask[EndForm], data: EndForm, consent_id: uuid.UUID
) -> Done:
    """End the consent, and do what the page said."""
    found = await service.end(tx, consent_id, data.why, by=ask.by, practice=ask.practice)
    own = f"/consents/{consent_id}"
    return Done(own, "consent.ended", undo=f"{own}/restore", about=found.client_id)


@acts(f"{ONE}/restore", WRITE, purpose="consent.restore", back=consent_page)
async def restore_consent(tx: WriteSession, ask: Ask[Any], consent_id: uuid.UUID) -> Done:
    """Take the end back, with what followed."""
    found = await service.restore(tx, consent_id, by=ask.by, practice=ask.practice)
    return Done(f"/consents/{consent_id}", "consent.restored", about=found.client_id)
