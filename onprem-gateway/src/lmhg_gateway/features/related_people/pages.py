"""Pages of the people around a client: adding, changing, removing; and the privacy notice."""

import uuid
from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents.public import names_of_client
from lmhg_gateway.features.related_people import repository, rules, service, views
from lmhg_gateway.features.related_people.forms import EditPerson, NoticeForm, PersonForm
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import opened
from lmhg_kit.persistence import ReadSession, WriteSession

OF_CLIENT = "/clients/{client_id:uuid}/people"
NOTICE = "/clients/{client_id:uuid}/privacy-notice"
ONE = "/related/{related_id:uuid}"
WRITE = "related_people.write"


async def _fields(tx: ReadSession, client_id: uuid.UUID) -> Context:
    """What each form about such a person offers. Raises: NotFound."""
    names, papers = await tx.together(names_of(tx, [client_id]), names_of_client(tx, client_id))
    if client_id not in names:
        raise NotFound("client")
    return {
        "client": names[client_id],
        "client_id": client_id,
        "roles": list(rules.ROLES.items()),
        "consents": list(rules.CONSENTS.items()),
        "papers": [("", "No document"), *((str(each), name) for each, name in papers)],
    }


@shows(
    f"{OF_CLIENT}/new",
    WRITE,
    template="related_people/form.html",
    purpose="related_person.add",
    form=PersonForm,
)
async def new_person(tx: ReadSession, _ask: Ask[PersonForm], client_id: uuid.UUID) -> Context:
    """The form for a guardian or emergency contact."""
    return {**await _fields(tx, client_id), "target": f"/clients/{client_id}/people", "own": ""}


@acts(OF_CLIENT, WRITE, purpose="related_person.add", form=PersonForm, back=new_person)
async def add_person(
    tx: WriteSession, _ask: Ask[PersonForm], data: PersonForm, client_id: uuid.UUID
) -> Done:
    """Write the person down."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    await service.add(tx, data, client_id=client_id)
    return Done(f"/clients/{client_id}", "related_person.added", about=client_id)


@shows(
    f"{ONE}/edit",
    WRITE,
    template="related_people/form.html",
    purpose="related_person.edit",
    form=EditPerson,
)
async def edit_person_page(tx: ReadSession, ask: Ask[EditPerson], related_id: uuid.UUID) -> Context:
    """The form with what is on record, or with what came back."""
    found, form = await service.view(tx, related_id), ask.form
    if not any(form.values.values()):
        form = opened(EditPerson, views.form_values(found), version=found.version)
    own = f"/related/{related_id}"
    return {**await _fields(tx, found.client_id), "form": form, "target": own, "own": own}


async def _now(tx: ReadSession, related_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    found = await service.view(tx, related_id)
    return views.form_values(found), found.version


@acts(
    ONE,
    WRITE,
    purpose="related_person.edit",
    form=EditPerson,
    back=edit_person_page,
    now=_now,
)
async def save_person(
    tx: WriteSession, _ask: Ask[EditPerson], data: EditPerson, related_id: uuid.UUID
) -> Done:
    """Change what is known of the person."""
    found = await service.edit(tx, related_id, data)
    return Done(f"/clients/{found.client_id}", "related_person.saved", about=found.client_id)


@acts(f"{ONE}/remove", WRITE, purpose="related_person.remove", back=edit_person_page)
async def remove_person(tx: WriteSession, ask: Ask[Any], related_id: uuid.UUID) -> Done:
    """Take the person off every page."""
    found = await service.remove(tx, related_id, by=ask.by, at=ask.at)
    undo = f"/related/{related_id}/restore"
    return Done(
        f"/clients/{found.client_id}", "related_person.removed", undo=undo, about=found.client_id
    )


@acts(f"{ONE}/restore", WRITE, purpose="related_person.restore", back=edit_person_page)
async def restore_person(tx: WriteSession, _ask: Ask[Any], related_id: uuid.UUID) -> Done:
    """Bring the person back."""
    found = await service.restore(tx, related_id)
    return Done(f"/clients/{found.client_id}", "related_person.restored", about=found.client_id)


@shows(
    NOTICE,
    WRITE,
    template="related_people/notice.html",
    purpose="privacy_notice",
    form=NoticeForm,
)
async def notice_page(tx: ReadSession, ask: Ask[NoticeForm], client_id: uuid.UUID) -> Context:
    """How the notice was given until now, and the form for the next time."""
    names, notices = await tx.together(
        names_of(tx, [client_id]), repository.notices_of(tx, client_id)
    )
    if client_id not in names:
        raise NotFound("client")
    values = ask.form.values
    values["day"] = values.get("day") or ask.practice.today().isoformat()
    return {
        "client": names[client_id],
        "client_id": client_id,
        "today": ask.practice.today(),
        "outcomes": list(rules.NOTICES.items()),
        "notices": [views.notice(each) for each in notices],
    }


@acts(NOTICE, WRITE, purpose="privacy_notice", form=NoticeForm, back=notice_page)
async def record_notice(
    tx: WriteSession, ask: Ask[NoticeForm], data: NoticeForm, client_id: uuid.UUID
) -> Done:
    """Put on record how the notice was given."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    today = ask.practice.today()
    await service.record_notice(tx, data, client_id=client_id, by=ask.by, today=today)
    return Done(f"/clients/{client_id}", "privacy_notice.noted", about=client_id)


async def find_people(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Guardians and contacts by name, phone or email; each leads to the client."""
    found = await service.search(tx, asked.text, limit=HITS_MAX)
    names = await names_of(tx, [each.client_id for each in found]) if found else {}
    return [
        Hit(
            label=each.name or "",
            href=f"/clients/{each.client_id}",
            detail=f"{rules.ROLES[each.role]}, for {names.get(each.client_id, '')}",
            icon="person",
        )
        for each in found
    ]
