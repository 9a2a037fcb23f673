"""Records that tests of pages need: written down as the front desk writes them."""

from lmhg_kit.http.testing import AsRole


async def new_client(as_role: AsRole, name: str, **fields: str) -> str:
    """A client written down at the front desk; its id."""
    desk = await as_role("front_desk")
    page = await desk.follow(
        "/clients", legal_name=name, birth_date="1984-03-31", other_person="1", **fields
    )
    return page.url.path.rsplit("/", 1)[1]
