"""Pages of credentials: the list of all, and those of one colleague with the payer panels."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.credentials import repository, rules, service, views
from lmhg_gateway.features.credentials.forms import CredentialForm, PanelForm, RenewForm
from lmhg_gateway.features.credentials.listed import CREDENTIALS
from lmhg_gateway.features.staff.public import colleagues_with, staff_names
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.us_states import US_STATES

AnyRequest = Request[Any, Any, Any]
LIST = "/credentials"
PERSON = f"{LIST}/people/{{colleague_id:uuid}}"
ONE = f"{LIST}/{{credential_id:uuid}}"
ONE_PANEL = f"{LIST}/panels/{{panel_id:uuid}}"
READ, WRITE, MANAGE = "credentials.read", "credentials.write", "people.manage"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a colleague's page has fields for, in all its forms together."""

    kind: str = ""
    state: str = ""
    number: str = ""
    issuer: str = ""
    valid_until: str = ""
    attested_on: str = ""
    payer: str = ""
    name: str = ""
    begins_on: str = ""


@get(LIST, opt=needs(READ), include_in_schema=False)
async def credential_list(request: AnyRequest) -> Response[Any]:
    """All that counts, those that end first on top."""
    wanted, today = CREDENTIALS.wanted(request), PRACTICE.of(request).today()
    async with reading(request, "credentials.list") as tx:
        found, total = await repository.listed(
            tx, which=wanted["which"], today=today, first=wanted.first, size=wanted.size
        )
        staff, clinicians = await tx.together(staff_names(tx), colleagues_with(tx, CLINICIAN))
        await CREDENTIALS.audit(tx, wanted)
    rows = [views.row(each, staff, today=today) for each in found]
    if wanted.is_file:
        return CREDENTIALS.file(request, rows, total=total)
    people = sorted(clinicians.items(), key=lambda each: each[1])
    made = CREDENTIALS.made(wanted, rows, total=total)
    return await page(request, "credentials/list.html", list=made, people=people)


@shows(PERSON, READ, template="credentials/person.html", purpose="credentials.person", form=OnPage)
async def person_page(tx: ReadSession, ask: Ask[OnPage], colleague_id: uuid.UUID) -> Context:
    """One colleague: what lets them work, until when, and whose panels they are on."""
    name, today = await service.name_of(tx, colleague_id), ask.practice.today()
    found, panels = await tx.together(
        repository.of_person(tx, colleague_id), repository.panels_of(tx, colleague_id)
    )
    values = ask.form.values
    values["begins_on"] = values.get("begins_on") or today.isoformat()
    staff = {str(colleague_id): name}
    return {
        "name": name,
        "colleague_id": colleague_id,
        "rows": [views.row(each, staff, today=today) for each in found],
        "panels": [views.panel(each, today=today) for each in panels],
        "may_write": ask.may(WRITE) and (ask.by == str(colleague_id) or ask.may(MANAGE)),
        "may_manage": ask.may(WRITE) and ask.may(MANAGE),
        "today": today,
        "kinds": [(each.value, said) for each, said in rules.KINDS.items()],
        "states": [("", "Choose one"), *((each, each) for each in US_STATES)],
        "payers": list(rules.PAYERS.items()),
    }


@acts(PERSON, WRITE, purpose="credential.add", form=CredentialForm, back=person_page)
async def add_credential(
    tx: WriteSession, ask: Ask[CredentialForm], data: CredentialForm, colleague_id: uuid.UUID
) -> Done:
    """Keep one more credential of a colleague."""
    rules.check_whose(is_own=ask.by == str(colleague_id), is_manager=ask.may(MANAGE))
    await service.add(tx, colleague_id, data, by=ask.by, today=ask.practice.today())
    return Done(f"{LIST}/people/{colleague_id}", "credential.added")


@shows(
    f"{ONE}/renew",
    WRITE,
    template="credentials/renew.html",
    purpose="credential.renew",
    form=RenewForm,
)
async def renew_page(tx: ReadSession, ask: Ask[RenewForm], credential_id: uuid.UUID) -> Context:
    """The form for the new day."""
    found, today = await service.view(tx, credential_id), ask.practice.today()
    staff = await staff_names(tx)
    return {"row": views.row(found, staff, today=today), "today": today}


@acts(f"{ONE}/renew", WRITE, purpose="credential.renew", form=RenewForm, back=renew_page)
async def renew_credential(
    tx: WriteSession, ask: Ask[RenewForm], data: RenewForm, credential_id: uuid.UUID
) -> Done:
    """Let it count longer."""
    found = await service.held(tx, credential_id)
    rules.check_whose(is_own=ask.by == str(found.person_id), is_manager=ask.may(MANAGE))
    await service.renew(tx, found, data.renewed, by=ask.by, today=ask.practice.today())
    return Done(f"{LIST}/people/{found.person_id}", "credential.renewed")


@acts(f"{ONE}/end", WRITE, purpose="credential.end", back=renew_page)
async def end_credential(tx: WriteSession, ask: Ask[Any], credential_id: uuid.UUID) -> Done:
    """Remove it from every list."""
    found = await service.held(tx, credential_id)
    rules.check_whose(is_own=ask.by == str(found.person_id), is_manager=ask.may(MANAGE))
    await service.end(tx, found, by=ask.by, at=ask.at)
    undo = f"{LIST}/{credential_id}/restore"
    return Done(f"{LIST}/people/{found.person_id}", "credential.ended", undo=undo)


@acts(f"{ONE}/restore", WRITE, purpose="credential.restore", back=renew_page)
async def restore_credential(tx: WriteSession, ask: Ask[Any], credential_id: uuid.UUID) -> Done:
    """Bring it back."""
    found = await service.held(tx, credential_id)
    rules.check_whose(is_own=ask.by == str(found.person_id), is_manager=ask.may(MANAGE))
    await service.restore(tx, found, by=ask.by)
    return Done(f"{LIST}/people/{found.person_id}", "credential.restored")


@acts(f"{PERSON}/panels", MANAGE, purpose="panel.add", form=PanelForm, back=person_page)
async def add_panel(
    tx: WriteSession, ask: Ask[PanelForm], data: PanelForm, colleague_id: uuid.UUID
) -> Done:
    """Put a clinician on a panel."""
    await service.add_panel(tx, colleague_id, data, by=ask.by)
    return Done(f"{LIST}/people/{colleague_id}", "panel.added")


@acts(f"{ONE_PANEL}/end", MANAGE, purpose="panel.end")
async def end_panel(tx: WriteSession, ask: Ask[Any], panel_id: uuid.UUID) -> Done:
    """Take a clinician off a panel."""
    found = await service.held_panel(tx, panel_id)
    await service.end_panel(tx, found, by=ask.by, today=ask.practice.today())
    own = f"{LIST}/people/{found.person_id}"
    return Done(own, "panel.ended", undo=f"{LIST}/panels/{panel_id}/restore")


@acts(f"{ONE_PANEL}/restore", MANAGE, purpose="panel.restore")
async def restore_panel(tx: WriteSession, ask: Ask[Any], panel_id: uuid.UUID) -> Done:
    """Put a clinician back on a panel."""
    found = await service.held_panel(tx, panel_id)
    await service.restore_panel(tx, found, by=ask.by)
    return Done(f"{LIST}/people/{found.person_id}", "panel.restored")
