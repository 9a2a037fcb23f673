"""The sandbox: a page on which a person makes things happen and go wrong in the simulated practice.

In development only, like the simulator itself, and on loopback. Everyone on it is invented.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.response import Redirect

from lmhg_stack.intakeq.faults import Faults
from lmhg_stack.intakeq.limits import CallLimits
from lmhg_stack.intakeq.objects import Object
from lmhg_stack.intakeq.practice import Practice, Unknown, Webhook

SHOWN = 30
MOST = 10_000
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>IntakeQ sandbox</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>body{font:16px/1.5 system-ui;margin:1rem auto;max-width:60rem;padding:0 1rem}"
    "form{margin:.5rem 0}input,select,button{font:inherit;padding:.3rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .5rem;"
    "border-bottom:1px solid #ccc}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
    "</style></head><body><h1>IntakeQ sandbox</h1>"
    "<p>Everyone here is invented. Nothing of this page exists in IntakeQ.</p>"
)
Fields = Mapping[str, str]


def _number(fields: Fields, name: str, *, most: int = MOST) -> int:
    text = fields.get(name, "").strip()
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(act: str, label: str, *inputs: tuple[str, str]) -> str:
    rows = " ".join(
        f'<label>{escape(words)} <input name="{name}" size="12"></label>' for name, words in inputs
    )
    return (
        f'<form method="post" action="/sandbox"><input type="hidden" name="act" value="{act}">'
        f"{rows} <button>{escape(label)}</button></form>"
    )


FORMS = (
    ("Faults", (
        _form("faults", "Set", ("status", "Answer with (429, 500)"), ("answers", "so many calls;"),
              ("lost", "lose so many webhooks;"), ("late", "send late by seconds")),
        _form("well", "All is well again"),
    )),
    ("Clients", (
        _form("second", "Book a second time", ("client", "Client")),
        _form("edit", "Change the phone", ("client", "Client"), ("phone", "Phone")),
        _form("merge", "Merge", ("client", "Client"), ("into", "into")),
        _form("unmerge", "Take the merge apart", ("client", "Client")),
    )),
    ("Appointments and forms", (
        _form("form", "Send a form", ("client", "Client"), ("risk", "PHQ-9 item 9 (0 to 3)")),
        _form("book", "Book", ("client", "Client")),
        _form("silent", "Book, and never send the webhook", ("client", "Client")),
        _form("cancel", "Cancel", ("visit", "Appointment")),
        _form("delete", "Delete", ("visit", "Appointment")),
        _form("resend", "Send its webhook again", ("visit", "Appointment")),
    )),
)  # fmt: skip


@get("/", media_type=MediaType.HTML)
async def sandbox(state: State) -> str:
    """What is in the practice, and a form for each thing that can happen."""
    practice: Practice = state.practice
    faults: Faults = state.faults
    limits: CallLimits = state.limits
    parts = [HEAD]
    parts.append(
        f"<p>Calls in 24 hours: {limits.used_today} of {limits.per_day}; refused: {limits.refused}."
        f" Next {faults.answers} calls are answered with {faults.status or 200};"
        f" next {faults.lost} webhooks are lost; each is late by {faults.late_s:g} s.</p>"
    )
    for title, forms in FORMS:
        parts.append(f"<h2>{title}</h2>{''.join(forms)}")
    parts.append(_table("Clients", practice.all("client"), ("ClientId", "Name", "Phone")))
    shown = ("Id", "ClientId", "ClientName", "StartDateLocalFormatted", "Status")
    parts.append(_table("Appointments", practice.all("appointment"), shown))
    parts.append(_table("Merged", practice.all("merge"), ("Id", "Into")))
    return "".join([*parts, "</body></html>"])


def _table(title: str, rows: list[Object], names: tuple[str, ...]) -> str:
    heads = "".join(f"<th>{name}</th>" for name in names)
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(str(row[name]))}</td>" for name in names) + "</tr>"
        for row in rows[-SHOWN:][::-1]
    )
    return f"<h2>{title} ({len(rows)})</h2><table><tr>{heads}</tr>{cells}</table>"


@post("/sandbox", status_code=303)
async def act(request: Request[Any, Any, State]) -> Redirect:
    """Do one thing, and show the page again."""
    sent = await request.form()
    fields = {name: str(value) for name, value in sent.items()}
    state = request.app.state
    wanted = fields.get("act", "")
    if wanted in {"faults", "well"}:
        _faults(state.faults, fields if wanted == "faults" else {})
    elif wanted in ACTS:
        webhook = ACTS[wanted](state.practice, fields)
        if isinstance(webhook, Webhook) and wanted != "silent":
            await state.sender.send(webhook)
    else:
        raise Unknown(wanted)
    return Redirect("/", status_code=303)


def _faults(faults: Faults, fields: Fields) -> None:
    status = _number(fields, "status", most=599)
    faults.status = status if status >= 400 else 500
    faults.answers, faults.lost = _number(fields, "answers"), _number(fields, "lost")
    faults.late_s = float(_number(fields, "late", most=600))


def _client(fields: Fields, name: str = "client") -> int:
    return _number(fields, name, most=10**9)


def _merge(practice: Practice, fields: Fields) -> Object:
    one, into = _client(fields), _client(fields, "into")
    if one == into:
        raise Unknown("into")
    return practice.merge(one, into)


def _edit(practice: Practice, fields: Fields) -> Object:
    phone = fields.get("phone", "")[:40]
    return practice.change_client(_client(fields), Phone=phone, MobilePhone=phone)


def _second(practice: Practice, fields: Fields) -> Object:
    return practice.new_client(like=_client(fields))


ACTS: Mapping[str, Callable[[Practice, Fields], Webhook | Object]] = {
    "second": _second,
    "edit": _edit,
    "merge": _merge,
    "unmerge": lambda practice, fields: practice.unmerge(_client(fields)),
    "form": lambda practice, fields: practice.submit_intake(
        _client(fields), risk=min(3, _number(fields, "risk"))
    ),
    "book": lambda practice, fields: practice.book(_client(fields)),
    "silent": lambda practice, fields: practice.book(_client(fields)),
    "cancel": lambda practice, fields: practice.cancel(fields.get("visit", "")),
    "delete": lambda practice, fields: practice.delete(fields.get("visit", "")),
    "resend": lambda practice, fields: practice.event_of(fields.get("visit", "")),
}
"""What a form may ask for."""
HANDLERS = (sandbox, act)
