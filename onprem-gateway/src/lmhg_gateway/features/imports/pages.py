"""Pages of imports: bring a file, choose its columns, see the check, import, and undo."""

import json
import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.imports import repository, service, views
from lmhg_gateway.features.imports.forms import MapForm, NewImport
from lmhg_gateway.features.imports.listed import IMPORTS, ImportLine, rows_part
from lmhg_gateway.features.imports.report import report_of
from lmhg_gateway.features.imports.rules import CLIENTS, State
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.uploads.public import ended_when_refused, receive, spool_of
from lmhg_gateway.web.points import ClientCheck
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import Fields, read_form
from lmhg_kit.http.page import page, part
from lmhg_kit.http.sent_files import sent_file
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LIST = views.LIST
ONE = f"{LIST}/{{import_id:uuid}}"
ACCEPT = ".csv,.tsv,.txt,.xlsx"


async def take_file(request: AnyRequest) -> Fields:
    """Keep the file of a form as an upload, and have the form name it."""
    await read_form(request)
    file = sent_file(request)
    if file is None:
        return {}
    upload_id = await receive(
        lambda purpose: writing(request, purpose),
        spool_of(request),
        file.pieces(),
        owner=actor_of(request).id,
        name=file.name,
        most=service.FILE_MAX,
        at=PRACTICE.of(request).clock(),
    )
    return {"upload_id": [str(upload_id)]}


@get(LIST, opt=needs("imports.read"), include_in_schema=False)
async def imports(request: AnyRequest) -> Response[Any]:
    """Every file that was brought, newest first."""
    wanted = IMPORTS.wanted(request)
    async with reading(request, "imports.list") as tx:
        found, total = await repository.listed(tx, first=wanted.first, size=wanted.size)
        staff = await staff_names(tx)
        rows = [
            ImportLine(
                id=each.id,
                name=each.file_name or "File",
                state=State(each.state),
                row_count=each.row_count,
                begun_at=each.begun_at,
                begun_by=views.name_of(each.begun_by, staff),
            )
            for each in found
        ]
        await IMPORTS.audit(tx, wanted)
    if wanted.is_file:
        return IMPORTS.file(request, rows, total=total)
    return await page(request, "imports/list.html", list=IMPORTS.made(wanted, rows, total=total))


@shows(
    f"{LIST}/new",
    "imports.write",
    template="imports/form.html",
    purpose="import.new",
    form=NewImport,
)
async def new_import(_tx: ReadSession, ask: Ask[NewImport]) -> Context:
    """The form for a file; of clients unless someone says otherwise."""
    ask.form.values["what"] = ask.form.values.get("what") or CLIENTS
    return {"accept": ACCEPT, "most": service.FILE_MAX}


@acts(
    LIST,
    "imports.write",
    purpose="import.begin",
    form=NewImport,
    back=new_import,
    takes=take_file,
)
async def begin_import(tx: WriteSession, ask: Ask[NewImport], data: NewImport) -> Done:
    """Take the file; the worker reads it."""
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.begin(
            tx, spool_of(ask.request), data.upload_id, what=data.what, by=ask.by, at=ask.at
        )
    return Done(f"{LIST}/{made.id}")


@shows(ONE, "imports.read", template="imports/import.html", purpose="import.view", form=MapForm)
async def import_page(tx: ReadSession, ask: Ask[MapForm], import_id: uuid.UUID) -> Context:
    """One import: where it is, what its rows came to, and the next step."""
    made, typed = await service.view(tx, import_id), ask.form.values.get("columns")
    names = await staff_names(tx)
    shown = await views.whole(
        tx, made, names, at=ask.at, typed=typed if isinstance(typed, list) else ()
    )
    if not ask.form.errors:
        ask.form.values["may_update"] = shown.may_update
    return {"shown": shown, "options": shown.options}


@get(ONE + "/state", opt=needs("imports.read", passive=True), include_in_schema=False)
async def state_part(request: AnyRequest, import_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Where an import is, for a page that waits for it."""
    async with reading(request, "import.view") as tx:
        made, at = await service.view(tx, import_id), PRACTICE.of(request).clock()
        shown = await views.whole(tx, made, await staff_names(tx), at=at)
    form = views.map_form(shown)
    return part(request, "imports/import_part.html", shown=shown, options=shown.options, form=form)


@acts(ONE + "/columns", "imports.write", purpose="import.columns", form=MapForm, back=import_page)
async def choose_columns(
    tx: WriteSession, _ask: Ask[MapForm], data: MapForm, import_id: uuid.UUID
) -> Done:
    """Say what each column is; every row is checked, and nothing is imported yet."""
    await service.choose(tx, import_id, data)
    return Done(f"{LIST}/{import_id}")


@acts(ONE + "/run", "imports.write", purpose="import.start", back=import_page, fresh=True)
async def run_import(tx: WriteSession, ask: Ask[Any], import_id: uuid.UUID) -> Done:
    """Import what was checked."""
    await service.run(tx, import_id, by=ask.by)
    return Done(f"{LIST}/{import_id}", "import.started")


@acts(ONE + "/undo", "imports.write", purpose="import.undo", back=import_page, fresh=True)
async def undo_import(tx: WriteSession, ask: Ask[Any], import_id: uuid.UUID) -> Done:
    """Take the whole import back."""
    await service.undo(tx, import_id, by=ask.by, at=ask.at)
    return Done(f"{LIST}/{import_id}", "import.undoing")


@acts(ONE + "/drop", "imports.write", purpose="import.drop", back=import_page)
async def drop_import(tx: WriteSession, _ask: Ask[Any], import_id: uuid.UUID) -> Done:
    """Give the file up."""
    await service.drop(tx, import_id)
    return Done(LIST, "import.dropped")


@shows(ONE + "/rows", "imports.read", template="imports/rows.html", purpose="import.rows")
async def import_rows(
    tx: ReadSession, ask: Ask[Any], import_id: uuid.UUID
) -> Context | Response[Any]:
    """Rows of the file with their fates."""
    made, listed = await service.view(tx, import_id), rows_part(import_id)
    wanted = listed.wanted(ask.request)
    found, total = await repository.rows(
        tx, import_id, fate=wanted["fate"], first=wanted.first, size=wanted.size
    )
    lines = views.row_lines(found, service.columns_of(made))
    await listed.audit(tx, wanted)
    if wanted.is_file:
        return listed.file(ask.request, lines, total=total)
    return {
        "list": listed.made(wanted, lines, total=total),
        "held": [each for each in lines if each.is_held],
        "name": made.file_name or "File",
        "import_id": import_id,
    }


@acts(
    ONE + "/rows/{row_id:uuid}/add",
    "imports.write",
    purpose="import.add_held",
    back=import_page,
)
async def add_held_row(
    tx: WriteSession, ask: Ask[Any], import_id: uuid.UUID, row_id: uuid.UUID
) -> Done:
    """Add the person of a row that was held: it is someone else than who is on record."""
    checks = FEATURES.of(ask.request).contributions(ClientCheck)
    await service.add_held(tx, import_id, row_id, by=ask.by, practice=ask.practice, checks=checks)
    return Done(f"{LIST}/{import_id}/rows?fate=held", "import.added")


@get(ONE + "/report", opt=needs("imports.read"), include_in_schema=False)
async def import_report(request: AnyRequest, import_id: FromPath[uuid.UUID]) -> Response[str]:
    """Every row of the file with what happened and why, as CSV."""
    async with reading(request, "import.report") as tx:
        made = await service.view(tx, import_id)
        rows = await repository.fates(tx, import_id)
        text = report_of(json.loads(made.heads or "[]"), rows, PRACTICE.of(request).zone)
        await tx.audit("export", kind="client_import", ids=[import_id])
    name = f"import-{PRACTICE.of(request).day_of(made.begun_at).isoformat()}.csv"
    return Response(text, media_type="text/csv; charset=utf-8", headers=attachment(name))


PAGES = (
    imports,
    new_import,
    begin_import,
    import_page,
    state_part,
    choose_columns,
    run_import,
    undo_import,
    drop_import,
    import_rows,
    add_held_row,
    import_report,
)
