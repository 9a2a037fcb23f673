"""The components of the pages: how each is called, and the markup of each of its fixtures."""

from datetime import UTC, datetime

from lmhg_kit.ui.environment import build_environment, component_names
from lmhg_kit.ui.gallery import about_component, gallery_group, golden_text

TIMEZONE = "America/Kentucky/Louisville"
GOLDEN_DAY = datetime(2026, 12, 1, tzinfo=UTC)
"""The day on which they are drawn: days of another year look different."""
HOME = "shared-contracts/kit/src/lmhg_kit/ui/components"


def reference() -> str:
    """docs/reference/components.md."""
    rows = [
        f"| [`{name}`](../../{HOME}/{name}) | {about_component(name)} |"
        for name in component_names()
    ]
    head = [
        "# Components",
        "",
        (
            "What a template calls as `ui.<name>`. `call` means that it stands around something:"
            " `{% call ui.dialog(...) %}...{% endcall %}`. `/gallery` shows each in every state."
        ),
        "",
        "| component | what it is and how it is called |",
        "| --- | --- |",
    ]
    return "\n".join([*head, *rows])


def goldens() -> dict[str, str]:
    """Each component's golden.html by its path in the repository."""
    env = build_environment(
        (), timezone=TIMEZONE, static_url="/s/{}".format, now=lambda: GOLDEN_DAY
    )
    return {
        f"{HOME}/{name}/golden.html": golden_text(gallery_group(env, name))
        for name in component_names()
    }
