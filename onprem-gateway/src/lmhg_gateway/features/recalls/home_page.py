"""What the home page counts of recalls."""

from collections.abc import Sequence

from lmhg_gateway.features.recalls import repository
from lmhg_gateway.features.recalls.listed import NOW, PATH
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, practice: Practice) -> Sequence[Stat]:
    """How many are to be asked this month."""
    total = await repository.count_wanted(tx, month=practice.today())
    return [Stat(total, "To ask back this month", f"{PATH}?view={NOW}")] if total else []
