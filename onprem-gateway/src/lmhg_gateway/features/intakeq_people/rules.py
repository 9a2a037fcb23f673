"""When IntakeQ merged two clients, and when it took that apart again. Pure."""


def after_move(state: str | None, *, is_gone: bool) -> str:
    """What is known once something of one client names another; `is_gone`: the first is there no more."""
    if state in {None, "hint", "undone"}:
        return "open" if is_gone else (state or "hint")
    return state or "hint"


def after_gone(state: str) -> str:
    """What is known once the first client is gone: what only moved was a merge."""
    return "open" if state in {"hint", "undone"} else state


def after_back(state: str) -> str:
    """What is known once the first client is there again: the merge was taken apart."""
    return "undone" if state in {"open", "apart"} else state
