"""The page of exports: records as a file for a spreadsheet."""

import asyncio
from typing import Any

from litestar import Request, Response, post

from lmhg_gateway.features.exports import service
from lmhg_gateway.features.exports.forms import ExportForm
from lmhg_gateway.features.exports.writing import TYPES, csv_of, xlsx_of
from lmhg_gateway.web.points import Exportable
from lmhg_kit.errors import Forbidden, Invalid
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.faces import Ask, Context, face_of, shows
from lmhg_kit.http.forms import fill, read_form
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
PATH = "/exports"


def _offered(request: AnyRequest) -> list[Exportable]:
    """What this person may take along."""
    known = FEATURES.of(request).contributions(Exportable)
    return [each for each in known if may(request, each.permission)]


@shows(PATH, "exports.make", template="exports/form.html", purpose="export.new", form=ExportForm)
async def exports(_tx: ReadSession, ask: Ask[ExportForm]) -> Context:
    """The form for a file."""
    return {
        "offered": [(each.kind, each.title) for each in _offered(ask.request)],
        "forms": [("csv", "CSV"), ("xlsx", "Excel (XLSX)")],
        "places": [("stays", "It stays in the practice"), ("leaves", "It leaves the practice")],
    }


@post(PATH, opt=needs("exports.make", fresh=True), include_in_schema=False, status_code=200)
async def make_export(request: AnyRequest) -> Response[Any]:
    """The file, put on record as taken along."""
    practice = PRACTICE.of(request)
    form = fill(ExportForm, await read_form(request), today=practice.today())
    if form.data is None:
        return await face_of(exports).render(request, form=form, status=422)
    asked = form.data
    what = next((each for each in _offered(request) if each.kind == asked.what), None)
    if what is None:
        raise Forbidden("export_unknown")
    try:
        async with writing(request, "export.make") as tx:
            rows = await service.export(
                tx, what, asked, by=actor_of(request).id, today=practice.today()
            )
    except Invalid as refused:
        form.refuse({"what": SAID[refused.code]})
        return await face_of(exports).render(request, form=form, status=422)
    if asked.form == "csv":
        body = await asyncio.to_thread(csv_of, what.heads, rows, practice.zone)
    else:
        body = await asyncio.to_thread(xlsx_of, what.title, what.heads, rows, practice.zone)
    name = f"{what.kind}-{practice.today().isoformat()}.{asked.form}"
    return Response(body, media_type=TYPES[asked.form], headers=attachment(name))


SAID = {
    "export_large": "There are more than 50,000 of them. Ask IT support for an export of everything.",
    "export_disclosed": "This is about more than 5,000 clients. Ask the compliance officer to put it on record first.",
}
