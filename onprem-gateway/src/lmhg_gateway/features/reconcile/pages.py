"""The page of the nightly check: when it ran, what waits, and a button to run it now."""

from typing import Any

from lmhg_gateway.features.reconcile import repository, views
from lmhg_gateway.features.reconcile.intake_page import catch_up_words
from lmhg_gateway.features.reconcile.status import sync_status
from lmhg_gateway.features.reconcile.views import PATH
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession


@shows(PATH, "intake.read", template="reconcile/check.html", purpose="intake.check")
async def check_page(tx: ReadSession, ask: Ask[Any]) -> Context:
    """How the check is, and what waits."""
    status = await sync_status(tx, at=ask.at)
    return {
        "check": status,
        "words": catch_up_words(status, ask.practice),
        "waiting": views.waiting_rows(status),
    }


@acts(f"{PATH}/now", "intake.decide", purpose="intake.check_now", back=check_page)
async def check_now(tx: WriteSession, ask: Ask[Any]) -> Done:
    """Look for missed changes now instead of tonight."""
    await repository.want(tx, at=ask.at)
    return Done(PATH, "intake.check_wanted")
