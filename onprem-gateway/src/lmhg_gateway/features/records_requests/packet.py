"""The packet for an auditor: requests with their logs and what was handed over, as one archive.

The same records give the same bytes each time: nothing in it says when or by whom it was made.
"""

import csv
import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lmhg_gateway.features.records_requests.clock_rules import Kind
from lmhg_gateway.features.records_requests.models import (
    RecordsRelease,
    RecordsRequest,
    RecordsRequestStep,
)
from lmhg_gateway.features.records_requests.rules import (
    ACTS,
    ASKERS,
    CHECKS,
    DENIALS,
    FORMS,
    HOW_GIVEN,
    KINDS,
    OUTCOMES,
    PURPOSES,
)
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.http.list_part import file_text
from lmhg_kit.ui.formats import short_number

README = """Requests of clients: what was asked, until when it was due, what was done, and what was handed over.

requests.csv     one line a request (45 CFR 164.522, 164.524, 164.526)
log.csv          each letter, call, note and step, in order
handed-over.csv  what was given, to whom and how; the accounting of disclosures has the same entries
SHA256SUMS       the check sums of these files: sha256sum -c SHA256SUMS

The same records give the same archive, byte for byte.
"""
_STAMP = (1980, 1, 1, 0, 0, 0)
_REQUESTS = (
    "Request", "Client", "Client number", "What", "Received", "Answer by", "Who asks",
    "Name and address", "What for", "Wanted as", "Asked", "Identity checked", "Extended on",
    "Extended because", "Answer", "Reason", "What the answer says", "Answered on", "Fee in dollars",
    "Taken by", "Closed by", "No longer in force since",
)  # fmt: skip
_LOG = ("Request", "Day", "Written at", "What", "Said", "By")
_HANDED = ("Request", "Day", "To", "What", "How", "Accounting entry", "By")


def archive(
    requests: Sequence[RecordsRequest],
    steps: Sequence[RecordsRequestStep],
    releases: Sequence[RecordsRelease],
    *,
    names: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
    zone: ZoneInfo,
) -> bytes:
    """The archive, as bytes."""
    files = {
        "README.txt": README.encode(),
        "requests.csv": _table(
            _REQUESTS, (_request(each, names, staff, zone) for each in requests)
        ),
        "log.csv": _table(_LOG, (_step(each, staff, zone) for each in steps)),
        "handed-over.csv": _table(_HANDED, (_release(each, staff) for each in releases)),
    }
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as packed:
        for name, body in {**files, "SHA256SUMS": sums.encode()}.items():
            packed.writestr(zipfile.ZipInfo(name, _STAMP), body)
    return made.getvalue()


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([file_text(cell, None) for cell in each] for each in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""


def _request(
    each: RecordsRequest, names: Mapping[uuid.UUID, str], staff: Mapping[str, str], zone: ZoneInfo
) -> list[str]:
    fee = "" if each.fee_cents is None else f"{each.fee_cents / 100:.2f}"
    return [
        str(each.id),
        names.get(each.client_id, ""),
        short_number(each.client_id, "C"),
        KINDS[Kind(each.kind)][0],
        _day(each.received_on),
        _day(each.due_on),
        ASKERS[each.asked_by],
        each.asker or "",
        PURPOSES[each.purpose],
        FORMS[each.form],
        each.what or "",
        CHECKS.get(each.checked_how or "", ""),
        _moment(each.extended_at, zone),
        each.extension_why or "",
        OUTCOMES.get(each.outcome or "", ""),
        DENIALS.get(each.denied_for or "", ""),
        each.decision or "",
        _day(each.answered_on),
        fee,
        who_words(each.taken_by, staff),
        who_words(each.closed_by, staff) if each.closed_by else "",
        _moment(each.ended_at, zone),
    ]


def _step(each: RecordsRequestStep, staff: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    by = who_words(each.done_by, staff)
    said = each.said or ""
    at = _moment(each.done_at, zone)
    return [str(each.request_id), _day(each.day), at, ACTS[each.act], said, by]


def _release(each: RecordsRelease, staff: Mapping[str, str]) -> list[str]:
    return [
        str(each.request_id),
        _day(each.released_on),
        each.recipient or "",
        each.what or "",
        HOW_GIVEN[each.how],
        str(each.disclosure_id),
        who_words(each.released_by, staff),
    ]
