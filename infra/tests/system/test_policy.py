"""The content security policy as a browser keeps it (control 10)."""

import pytest
from playwright.async_api import Browser

from lmhg_stack.stack import Stack

INJECT = """() => {
    const made = document.createElement('script');
    made.textContent = 'window.injected = true';
    document.body.appendChild(made);
    document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.injected = true">');
    return window.injected === true;
}"""


@pytest.mark.parametrize("where", ["workspace", "identity", "portal"])
async def test_an_inline_script_does_not_run(browser: Browser, stack: Stack, where: str) -> None:
    """Markup that someone smuggled into a page stays markup; on a page without the policy it runs."""
    context = await browser.new_context(base_url=stack.facts["addresses"][where])
    page = await context.new_page()
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text))
    await page.goto("/sign-in")
    assert await page.evaluate(INJECT) is False
    assert any("Content Security Policy" in line for line in blocked)
    bare = await context.new_page()
    await bare.goto("about:blank")
    assert await bare.evaluate(INJECT) is True
    await context.close()
