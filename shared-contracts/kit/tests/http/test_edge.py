"""The edge: headers on every answer, access lines without values, private health."""

from collections.abc import Callable

import httpx
import pytest
from prometheus_client import CollectorRegistry

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.metrics import private_app
from lmhg_kit.http.testing import browser_at, sign_in

EXPECTED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("path", ["/", "/open", "/nope", "/fail/crash", "/fail/conflict"])
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    """Pages, errors and redirects alike."""
    headers = (await client.get(path)).headers
    assert EXPECTED.items() <= dict(headers).items()
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "strict-transport-security" not in headers


async def test_production_adds_hsts(make_edge: Callable[..., Edge]) -> None:
    """Browsers are told to insist on TLS only where there is TLS."""
    edge = make_edge(production=True)
    async with browser_at(edge, "10.8.0.7", base_url="https://demo.test") as browser:
        assert "max-age=" in (await browser.get("/open")).headers["strict-transport-security"]


async def test_static_files_are_cached_for_good_under_their_hash(
    client: httpx.AsyncClient, edge: Edge
) -> None:
    """The address changes with the content; a wrong hash finds nothing."""
    url = edge.inner.state["statics"].url("app.css")
    answer = await client.get(url)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/static/000000000000/app.css")).status_code == 404


@pytest.mark.usefixtures("json_logs")
async def test_access_line_holds_the_route_and_no_value(
    client: httpx.AsyncClient, edge: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither query nor path values are recorded."""
    await client.get("/number", params={"n": "5551234567"})
    await client.get("/unmatched/5551234567")
    written = capsys.readouterr()
    assert '"route": "/number"' in written.out
    assert "5551234567" not in written.out + written.err
    assert "/unmatched" not in written.out + written.err


async def test_page_shell_shows_plane_person_and_navigation(
    client: httpx.AsyncClient, edge: Edge
) -> None:
    """Every page says which plane this is, who one is, and where one may go."""
    await sign_in(client, edge, "clinician")
    text = (await client.get("/")).text
    for part in ('data-plane="onprem"', "Client information allowed", "Ana Roy", "Clinician"):
        assert part in text


async def test_private_address_serves_health_and_metrics() -> None:
    """Readiness follows the probe, and nothing else is there."""
    for is_ready, status in ((True, 200), (False, 503)):

        async def probe(answer: bool = is_ready) -> bool:  # noqa: FBT001 - bound per turn
            return answer

        transport = httpx.ASGITransport(app=private_app(CollectorRegistry(), ready=probe))
        async with httpx.AsyncClient(transport=transport, base_url="http://m") as client:
            assert (await client.get("/health/ready")).status_code == status
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/metrics")).status_code == 200
            assert (await client.get("/other")).status_code == 404


async def test_metrics_count_by_route_template(client: httpx.AsyncClient, edge: Edge) -> None:
    """No label holds an id."""
    await client.get("/fail/conflict")
    value = edge.metrics.registry.get_sample_value(
        "lmhg_http_requests_total", {"route": "/fail/{how}", "method": "GET", "status": "4xx"}
    )
    assert value == 1


@pytest.mark.found("d7", "every process answers HEAD, its private address too")
@pytest.mark.parametrize("path", ["/", "/open", "/nope", "/fail/crash"])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    """Status and headers of the same GET, errors and redirects alike."""
    got, headed = await client.get(path), await client.head(path)
    assert (headed.status_code, headed.content) == (got.status_code, b"")
    for name in ("content-type", "content-length", "location"):
        assert headed.headers.get(name) == got.headers.get(name)


async def test_private_address_answers_head(edge: Edge) -> None:
    """Health is asked that way by some."""

    async def ready() -> bool:
        return True

    over = httpx.ASGITransport(app=private_app(edge.metrics.registry, ready=ready))
    async with httpx.AsyncClient(transport=over, base_url="http://demo.test") as private:
        answer = await private.head("/health/live")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.found("A11", "a Host header that is none is turned away like any other foreign one")
@pytest.mark.parametrize("host", ["[", "a]b", "[::1", "demo.test:x", "x;y", ""])
async def test_broken_host_header_is_turned_away(client: httpx.AsyncClient, host: str) -> None:
    """Not with an error of ours."""
    assert (await client.get("/open", headers={"host": host})).status_code in (404, 421)
