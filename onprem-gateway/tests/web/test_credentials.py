"""Credentials of colleagues: kept, renewed, reminded of once each, and told to those who match."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.credentials import rules
from lmhg_gateway.features.credentials.jobs import Reminders
from lmhg_gateway.features.credentials.repository import to_remind
from lmhg_gateway.features.credentials.rules import (
    CAQH_DAYS,
    OVER,
    PAYERS,
    STAGES,
    Kind,
    caqh_until,
    problems,
    stage_of,
    to_tell,
)
from lmhg_gateway.features.referrals.public import PAYERS as OF_REFERRALS
from lmhg_gateway.web.points import ClinicianRights
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_kit.us_states import US_STATES
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - beside this file

ZONE = "America/New_York"
TODAY = datetime.now(ZoneInfo(ZONE)).date()
CLINICIAN = f"/credentials/people/{PEOPLE['clinician']}"
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (TODAY + timedelta(days=ahead)).isoformat()


@given(until=DAYS, start=st.integers(1, 200))
def test_each_reminder_goes_out_once_and_in_order(until: date, start: int) -> None:
    """Asked each day, 60, 30, 7 and the end are told once each; what was missed is not sent late."""
    told: int | None = None
    sent: list[int] = []
    for left in range(start, -20, -1):
        stage = to_tell(until, told=told, today=until - timedelta(days=left))
        if stage is not None:
            sent.append(stage)
            told = stage
    begun = stage_of(until, today=until - timedelta(days=start))
    later = [stage for stage in STAGES if stage < start and (begun is None or stage < begun)]
    assert sent == [*([] if begun is None else [begun]), *later, OVER]
    assert sent == sorted(sent, reverse=True)
    assert len(sent) == len(set(sent))


def test_caqh_counts_for_120_days_and_payers_are_those_of_referrals() -> None:
    """As CAQH says, and in the words that matching compares."""
    assert CAQH_DAYS == 120
    assert caqh_until(date(2026, 1, 1)) == date(2026, 5, 1)
    assert set(PAYERS) <= set(OF_REFERRALS)
    assert set(Kind) == set(rules.KINDS)
    assert len(US_STATES) == 54


def test_license_needs_its_state_and_caqh_its_day() -> None:
    """Each kind says what it lacks, by field."""

    def wrong(kind: Kind) -> set[str]:
        return set(problems(kind, state="", valid_until=None, attested_on=None, today=TODAY))

    assert wrong(Kind.LICENSE) == {"state", "valid_until"}
    assert wrong(Kind.CAQH) == {"attested_on"}
    assert wrong(Kind.MALPRACTICE) == {"valid_until"}


@dataclass
class Outbox:
    """Mails that were sent; it can refuse all, or those to some addresses."""

    mails: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    is_down: bool = False
    refuses: tuple[str, ...] = ()

    async def __call__(self, to: str, *, subject: str, text: str) -> None:
        """Take one."""
        if self.is_down or to in self.refuses:
            raise Unavailable("mail")
        self.mails.append((to, f"{subject}: {text}"))

    def take(self) -> Sequence[str]:
        """To whom they went; none is left."""
        found = sorted(to for to, _ in self.mails)
        self.mails.clear()
        return found


async def emptied(onprem: PlaneDatabase) -> None:
    """No credential counts."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
        " update practice.staff_credential set ended_at = now(), ended_by = 'test' where ended_at is null; end $$"
    )


async def test_reminders_go_to_the_colleague_and_late_ones_to_administrators(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Once a stage; a mail that could not go out is tried again; a new day starts from the beginning."""
    await emptied(onprem)
    clinician = await as_role("clinician")
    await clinician.follow(CLINICIAN, kind="license", state="KY", number="L-1", valid_until=day(50))
    db, outbox = Database(onprem.url("gw_worker"), pool_size=1), Outbox()

    async def on(ahead: float) -> Sequence[str]:
        moment = utc_now() + timedelta(days=ahead)
        await Reminders(db, outbox, Practice(ZONE, lambda: moment)).step()
        return outbox.take()

    outbox.is_down = True
    with pytest.raises(Unavailable):
        await on(0)
    outbox.is_down = False
    assert await on(0) == []
    assert await on(0.05) == ["clinician@lmhg.test"]
    assert await on(1) == []
    assert await on(21) == ["clinician@lmhg.test"]
    week = await on(44)
    assert "clinician@lmhg.test" in week
    assert {"admin@lmhg.test", "deputy@lmhg.test"} <= set(week)
    assert "clinician@lmhg.test" in await on(51)
    assert await on(60) == []
    async with db.uow(Actor("process: worker"), "test") as tx:
        later = utc_now() + timedelta(days=60)
        assert not await to_remind(tx, today=TODAY + timedelta(days=60), at=later, limit=9)
    await db.close()


async def test_one_address_that_fails_is_tried_again_alone(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Nobody else is mailed twice; a renewed credential owes nobody."""
    await emptied(onprem)
    clinician = await as_role("clinician")
    await clinician.follow(CLINICIAN, kind="license", state="KY", number="L-2", valid_until=day(5))
    db, outbox = Database(onprem.url("gw_worker"), pool_size=1), Outbox()

    async def on(ahead: float, *, fails: bool = False) -> Sequence[str]:
        moment = utc_now() + timedelta(days=ahead)
        remind = Reminders(db, outbox, Practice(ZONE, lambda: moment)).step()
        if fails:
            with pytest.raises(Unavailable):
                await remind
        else:
            await remind
        return outbox.take()

    outbox.refuses = ("clinician@lmhg.test",)
    assert {"admin@lmhg.test", "deputy@lmhg.test"} <= set(await on(0, fails=True))
    assert await on(0.01) == []
    assert await on(0.05, fails=True) == []
    outbox.refuses = ()
    assert await on(0.1) == ["clinician@lmhg.test"]
    assert await on(0.2) == []
    outbox.refuses = ("clinician@lmhg.test",)
    assert {"admin@lmhg.test"} <= set(await on(8, fails=True))
    page = (await clinician.get(CLINICIAN)).text
    (own,) = set(re.findall(r"/credentials/([0-9a-f-]{36})/renew", page))
    await clinician.follow(f"/credentials/{own}/renew", renewed=day(400))
    assert await on(8.1) == []
    await db.close()


async def test_clinician_keeps_their_own_and_an_administrator_anyones(as_role: AsRole) -> None:
    """Another clinician's are refused; the front desk reads."""
    clinician, admin, desk = [await as_role(each) for each in ("clinician", "admin", "front_desk")]
    own = {"kind": "malpractice", "issuer": "HPSO", "valid_until": day(200)}
    assert "Credential added" in (await clinician.follow(CLINICIAN, **own)).text
    other = f"/credentials/people/{PEOPLE['deputy']}"
    assert (await clinician.post(other, **own)).status_code == 403
    assert "Add a credential" not in (await clinician.get(other)).text
    assert "Credential added" in (await admin.follow(other, **own)).text
    assert "HPSO" in (await desk.get(CLINICIAN)).text
    assert (await desk.post(CLINICIAN, **own)).status_code == 403
    back = await clinician.post(CLINICIAN, kind="license", number="L-77", valid_until=day(9))
    assert back.status_code == 422
    assert "L-77" in back.text
    assert "Choose the state" in back.text
    assert (
        await admin.get(f"/credentials/people/{PEOPLE['front_desk'].int:032x}")
    ).status_code == 200


async def test_what_ends_first_is_on_top_and_the_officer_sees_what_ended(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Renewed it is green again; removed it is nowhere, and the undo brings it back."""
    await emptied(onprem)
    clinician, officer = await as_role("clinician"), await as_role("compliance")
    await clinician.follow(CLINICIAN, kind="caqh", attested_on=day(-125))
    page = await clinician.follow(CLINICIAN, kind="license", state="IN", valid_until=day(400))
    shown = (await clinician.get("/credentials")).text
    assert shown.index("CAQH profile") < shown.index("License (IN)")
    assert "Ended 5 days ago" in shown
    assert "1 ended. None ends within 30 days." in (await officer.get("/compliance")).text
    assert "License (IN)" not in (await clinician.get("/credentials?which=over")).text
    caqh = page.text.split("CAQH profile")[1]
    own = caqh.split('href="')[1].split('"')[0]
    assert own.endswith("/renew")
    assert (await clinician.post(own, renewed=day(3))).status_code == 422
    assert "119 days left" in (await clinician.follow(own, renewed=day(-1))).text
    assert "ended." not in (await officer.get("/compliance")).text.split("Credentials")[-1][:200]
    gone = await clinician.follow(own.replace("/renew", "/end"))
    assert "CAQH profile</td>" not in gone.text
    assert (
        "The credential is back" in (await clinician.follow(own.replace("/renew", "/restore"))).text
    )


async def sent(person: Signed, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the JSON API that changes something."""
    return await person.browser.post(path, json=body, headers={"x-csrf-token": person.token})


async def test_panels_and_states_are_told_to_those_who_match(
    as_role: AsRole, workspace_db: Database, onprem: PlaneDatabase
) -> None:
    """By the typed point, as of a day: on the panel from its first day to its last."""
    await emptied(onprem)
    admin, api = await as_role("admin"), f"/api/v1{CLINICIAN}"
    body = {"payer": "commercial", "name": "Blue Example", "begins_on": day(-10)}
    made = await sent(admin, f"{api}/panels", body)
    assert made.status_code == 201
    assert (await sent(admin, f"{api}/panels", body)).status_code == 422
    license_ = {"kind": "license", "state": "KY", "valid_until": day(5)}
    assert (await sent(admin, api, license_)).status_code == 201
    [point] = FeatureSet(FEATURES, app="workspace").contributions(ClinicianRights)
    who = PEOPLE["clinician"]

    async def told(ahead: int) -> tuple[frozenset[str], frozenset[str]]:
        on = TODAY + timedelta(days=ahead)
        async with workspace_db.read(Actor("process: worker"), "test") as tx:
            panels = await point.clinician_panels(tx, on)
            states = await point.licence_states(tx, on)
        return panels.get(who, frozenset()), states.get(who, frozenset())

    assert await told(0) == ({"commercial", "Blue Example"}, {"KY"})
    assert await told(6) == ({"commercial", "Blue Example"}, frozenset())
    assert (await told(-11))[0] == frozenset()
    await admin.follow(f"/credentials/panels/{made.json()['id']}/end")
    assert (await told(0))[0] == {"commercial", "Blue Example"}
    assert (await told(1))[0] == frozenset()
    page = await admin.follow(f"/credentials/panels/{made.json()['id']}/restore")
    assert "Commercial insurance: Blue Example" in page.text
    listed = (await admin.get(api)).json()
    assert [each["state"] for each in listed["credentials"]] == ["KY"]
    assert (await admin.get("/api/v1/credentials")).json()["credentials"]
