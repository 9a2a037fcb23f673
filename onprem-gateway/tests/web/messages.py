"""Messages of IntakeQ in each state, as the worker and people leave them."""

import html
import uuid

import httpx

from lmhg_quality.intake_lab import Lab, Reply, hook_of, intake, path_of, profile

DAMAGED = b"Tavishel Ormandine called"


def said(answer: httpx.Response) -> str:
    """A page's text as one line."""
    return " ".join(html.unescape(answer.text).split())


async def held(lab: Lab, count: int = 1, *, code: str = "not_json") -> list[uuid.UUID]:
    """Messages that the worker holds for one reason."""
    made = await lab.deliver(*[DAMAGED] * count)
    await lab.work()
    await lab.change("update ingress.delivery set result_code = $2 where id = any($1)", made, code)
    return made


async def in_every_state(lab: Lab) -> dict[str, uuid.UUID]:
    """A message in each state, three days old."""
    good, never = intake("co-done", 4711), intake("co-held", 4711)
    lab.intakeq.objects[path_of(good)] = Reply.of(good)
    lab.intakeq.objects["/clients/profile/4711"] = Reply.of(profile(4711))
    lab.intakeq.ask = lambda path: Reply(status=500) if "co-held" in path else None
    done, waiting, kept, refused, aside = await lab.deliver(
        hook_of(good), hook_of(never), DAMAGED, {"EventType": "InvoicePaid"}, DAMAGED
    )
    await lab.work()
    await lab.change("update ingress.delivery set result = 'set_aside' where id = $1", aside)
    await lab.change("update ingress.delivery set received_at = now() - interval '3 days'")
    return {
        "done": done, "waiting": waiting, "held": kept, "refused": refused, "set_aside": aside,
    }  # fmt: skip
