"""The pages of help: all of them in a list, and each with the sections for anyone who reads it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_kit.errors import NotFound
from lmhg_kit.feature import ANY_APP, Feature
from lmhg_kit.help_topics import Topic
from lmhg_kit.http.access import may, public
from lmhg_kit.http.page import page, pages_of

AnyRequest = Request[Any, Any, Any]


def _topics_of(request: AnyRequest) -> Mapping[str, Topic]:
    pages = pages_of(request)
    return pages.topics if pages else {}


@get("/help", opt=public(), include_in_schema=False)
async def help_index(request: AnyRequest) -> Response[str]:
    """Every page of help for this person."""
    found = [
        each
        for each in _topics_of(request).values()
        if each.is_for(lambda name: may(request, name))
    ]
    return await page(request, "shell/help_index.html", topics=found)


@get("/help/{name:str}", opt=public(), include_in_schema=False)
async def help_page(request: AnyRequest, name: FromPath[str]) -> Response[str]:
    """One page of help, with the sections for this person. Raises: NotFound."""
    topic = _topics_of(request).get(name)
    if topic is None:
        raise NotFound("help")
    shown = topic.shown(lambda permission: may(request, permission))
    return await page(request, "shell/help.html", topic=topic, sections=shown)


HELP = Feature(
    name="help",
    app=ANY_APP,
    pages=(help_index, help_page),
    no_api="It is there to be read.",
    messages={"help": "There is no help page with this name."},
)
