"""Pages of people: the list, one person, and what is done about their access."""

import uuid
from datetime import datetime, time
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.accounts.public import INVITE
from lmhg_gateway.features.decisions import public as decisions
from lmhg_gateway.features.exemptions.public import received_at
from lmhg_gateway.features.factors.public import mfa_rules, mfa_status
from lmhg_gateway.features.oauth_clients import public as clients
from lmhg_gateway.features.people import repository, service, views
from lmhg_gateway.features.people.credentials import CREDENTIALS
from lmhg_gateway.features.people.forms import InviteForm, RolesForm, RuleForm
from lmhg_gateway.features.people.listed import PEOPLE, ListedPerson
from lmhg_gateway.features.people.rules import portal_ends_by
from lmhg_gateway.features.sessions.public import sessions_of
from lmhg_gateway.features.sign_in.public import open_device_resets
from lmhg_gateway.features.staff.public import KIND as PROFILE
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.edit_conflict import content_version
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.feature import (
    HITS_MAX,
    Asked,
    Hit,
)
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, opened, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
REFRESH_S = 1
"""How often the page of an offboarding loads itself again, until all has ended."""
SEE = needs("people.manage")
CHANGE = needs("people.manage", fresh=True)


@get("/people", opt=SEE, include_in_schema=False)
async def listed(request: AnyRequest) -> Response[Any]:
    """Everybody, with roles and second factors."""
    wanted = PEOPLE.wanted(request)
    asked: dict[str, Any] = {"q": wanted.q, "ended": wanted["who"] == "all"}
    async with reading(request, "people.list") as tx:
        found = await repository.listed(
            tx, **asked, first=wanted.first, size=wanted.size, sort=wanted.sort
        )
        total = await repository.count(tx, **asked)
        statuses = await mfa_status(tx, [row.id for row in found])
        lost = {str(each.user_id) for each in await open_device_resets(tx)}
        await PEOPLE.audit(tx, wanted)
    rows = [ListedPerson(row, row.id in lost) for row in views.person_rows(found, statuses)]
    if wanted.is_file:
        return PEOPLE.file(request, rows, total=total)
    return await page(request, "people/list.html", list=PEOPLE.made(wanted, rows, total=total))


@get("/people/new", opt=CHANGE, include_in_schema=False)
async def new_person(request: AnyRequest) -> Response[str]:
    """An empty invitation."""
    return await _show_invite(request, start(InviteForm, roles=["staff"]))


@post("/people", opt=CHANGE, include_in_schema=False)
async def invite(request: AnyRequest) -> Response[Any]:
    """Account, profile and letter in one act."""
    form = fill(InviteForm, await read_form(request))
    if form.data is None:
        return await _show_invite(request, form, status=422)
    try:
        async with writing(request, "people.invite") as tx:
            given = await service.invite(tx, form.data, by=actor_of(request).id)
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show_invite(request, form, status=422)
    except Conflict:
        form.refuse({"email": "Someone already has this address."})
        return await _show_invite(request, form, status=409)
    notice = "person.invited_asked" if given.waiting else "person.invited"
    return go(request, f"/people/{given.user_id}", notice=notice)


@get("/people/factors", opt=SEE, include_in_schema=False)
async def factor_rules(request: AnyRequest) -> Response[str]:
    """From when each role needs a second factor."""
    return await _show_rules(request, start(RuleForm))


@post("/people/factors", opt=CHANGE, include_in_schema=False)
async def put_factor_rule(request: AnyRequest) -> Response[Any]:
    """Set the day for a role, or lift the rule."""
    form = fill(RuleForm, await read_form(request))
    if form.data is None:
        return await _show_rules(request, form, status=422)
    zone = PRACTICE.of(request).zone
    day = form.data.required_from
    begins = datetime.combine(day, time.min, tzinfo=zone) if day else None
    try:
        async with writing(request, "people.factor_rule") as tx:
            waits = await service.set_factor_rule(
                tx,
                str(form.data.role),
                begins,
                reason=form.data.reason,
                by=actor_of(request).id,
            )
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show_rules(request, form, status=422)
    return go(request, "/people/factors", notice="factors.asked" if waits else "factors.rule")


@get("/people/{user_id:uuid}", opt=SEE, include_in_schema=False)
async def view(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[str]:
    """One person: roles, factors, letters, sessions, and what may be done."""
    return await _show(request, user_id)


@post("/people/{user_id:uuid}/roles", opt=CHANGE, include_in_schema=False)
async def change_roles(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Give someone these roles on both planes."""
    form = fill(RolesForm, await read_form(request))
    if form.data is None:
        return await _show(request, user_id, form=form, status=422)
    try:
        async with writing(request, "people.roles") as tx:
            given = await service.change_roles(
                tx,
                user_id,
                form.data.roles,
                reason=form.data.reason,
                by=actor_of(request).id,
                seen=form.data.version,
            )
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show(request, user_id, form=form, status=422)
    notice = "person.roles_asked" if given.waiting else "person.roles"
    return go(request, f"/people/{user_id}", notice=notice)


@post("/people/{user_id:uuid}/invitation", opt=CHANGE, include_in_schema=False)
async def invite_again(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Send another letter; the old one opens nothing any more."""
    async with writing(request, "people.invite") as tx:
        await service.invite_again(tx, user_id)
    return go(request, f"/people/{user_id}", notice="person.invited")


@post("/people/{user_id:uuid}/delay/lift", opt=CHANGE, include_in_schema=False)
async def lift_delay(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Let someone try to sign in at once."""
    async with writing(request, "people.delay_lift") as tx:
        await service.lift_delay(tx, user_id)
    return go(request, f"/people/{user_id}", notice="person.delay_lifted")


@post("/people/{user_id:uuid}/device", opt=CHANGE, include_in_schema=False)
async def ask_reset(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Report a lost device; someone else has to approve."""
    async with writing(request, "people.device_lost") as tx:
        await service.ask_reset(tx, user_id, by=actor_of(request).id)
    return go(request, f"/people/{user_id}", notice="person.reset_asked")


@post("/people/{user_id:uuid}/device/approve", opt=CHANGE, include_in_schema=False)
async def approve_reset(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Approve it, as the second person."""
    async with writing(request, "people.device_reset") as tx:
        await service.approve_reset(tx, user_id, by=actor_of(request).id)
    return go(request, f"/people/{user_id}", notice="person.reset_approved")


@get("/people/{user_id:uuid}/offboard", opt=CHANGE, include_in_schema=False)
async def confirm_offboard(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Say what will end, and ask once."""
    async with reading(request, "people.offboard") as tx:
        row = await _person(tx, user_id)
        sessions = await sessions_of(tx, user_id)
        seen = await clients.secrets_seen_by(tx, str(user_id))
        pending = await service.pending_of(tx, user_id)
        others = {each for each in await decisions.holders(tx) if each != str(user_id)}
    if not row.active:
        return go(request, f"/people/{user_id}/offboarding")
    return await page(
        request,
        "people/offboard.html",
        row=row,
        sessions=sessions,
        seen=seen,
        pending=pending,
        leaves_one=len(others) == 1 and not set(decisions.POWERS).isdisjoint(row.roles),
        credentials=CREDENTIALS,
    )


@post("/people/{user_id:uuid}/offboard", opt=CHANGE, include_in_schema=False)
async def offboard(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[Any]:
    """End someone's access, in one act."""
    async with writing(request, "people.offboard") as tx:
        await service.offboard(tx, user_id, by=actor_of(request).id)
    return go(request, f"/people/{user_id}/offboarding")


@get("/people/{user_id:uuid}/offboarding", opt=SEE, include_in_schema=False)
async def offboarding(request: AnyRequest, user_id: FromPath[uuid.UUID]) -> Response[str]:
    """What has ended and after how many seconds; loads itself again until all has."""
    async with reading(request, "people.offboarding") as tx:
        row = await _person(tx, user_id)
        made = await repository.offboarding(tx, user_id)
        if made is None:
            raise NotFound("person")
        version = made.profile_version
        received = None
        if version is not None:
            received = await received_at(tx, kind=PROFILE, record_id=user_id, version=version)
        elsewhere = await repository.signed_in_elsewhere(tx, user_id)
        shown = views.progress(
            made,
            notices=await repository.notices(tx, user_id, since=made.at),
            received_at=received,
            portal_ends_by=portal_ends_by(elsewhere, row.roles),
        )
        by = (await staff_names(tx)).get(str(made.by_id), "A colleague")
    headers = {} if shown.is_done else {"refresh": str(REFRESH_S)}
    return await page(
        request,
        "people/offboarding.html",
        headers=headers,
        row=row,
        progress=shown,
        by=by,
        credentials=CREDENTIALS,
    )


async def _person(tx: ReadSession, user_id: uuid.UUID) -> views.PersonRow:
    found = await repository.person(tx, user_id)
    if found is None:
        raise NotFound("person")
    return views.person_row(found, (await mfa_status(tx, [user_id]))[user_id])


async def _show(
    request: AnyRequest,
    user_id: uuid.UUID,
    *,
    form: Form[RolesForm] | None = None,
    status: int = 200,
) -> Response[str]:
    async with reading(request, "people.view") as tx:
        row = await _person(tx, user_id)
        sessions = await sessions_of(tx, user_id)
        letters = await repository.letters(tx, user_id, purpose=INVITE)
        resets = {each.user_id: each for each in await open_device_resets(tx)}
        names = await staff_names(tx)
        asked = await decisions.open_roles_of(tx, user_id)
    return await page(
        request,
        "people/view.html",
        status=status,
        row=row,
        sessions=sessions,
        letters=letters,
        reset=resets.get(user_id),
        asked=asked,
        names=names,
        form=form
        or opened(RolesForm, {"roles": row.roles}, version=content_version({"roles": row.roles})),
        all_roles=ROLES,
        own=actor_of(request).id,
    )


async def _show_rules(
    request: AnyRequest, form: Form[RuleForm], *, status: int = 200
) -> Response[str]:
    async with reading(request, "people.factor_rules") as tx:
        rules = await mfa_rules(tx)
    return await page(
        request, "people/factors.html", status=status, form=form, rules=rules, all_roles=ROLES
    )


async def _show_invite(
    request: AnyRequest, form: Form[InviteForm], *, status: int = 200
) -> Response[str]:
    return await page(request, "people/new.html", status=status, form=form, all_roles=ROLES)


async def find_people(tx: ReadSession, asked: Asked) -> list[Hit]:
    """People with an account, by name or address."""
    found = await repository.listed(tx, q=asked.text, ended=False)
    return [
        Hit(label=row.display_name, href=f"/people/{row.id}", detail=row.email, icon="person")
        for row in found[:HITS_MAX]
    ]
