"""One walk over every page, for every test that looks at all of them."""

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from lmhg_quality.page_gates import Walk, walk_all
from lmhg_stack.stack import Stack


@pytest_asyncio.fixture(scope="session")
async def walk(browser: Browser, stack: Stack) -> Walk:
    """Every page, walked once."""
    return await walk_all(browser, stack)


@pytest.fixture(scope="session")
def planted() -> str:
    """A page with a mistake for each gate: a picture and a field without words, grey on grey, a double id."""
    return (
        "<!DOCTYPE html><html lang=en><head><title>Planted</title></head><body><main><h1>Planted</h1>"
        "<img src=x><input name=a><p style='color:#999;background:#aaa'>Can you read this?</p>"
        "<p id=one>1</p><p id=one>2</p></main></body></html>"
    )
