"""What goes wrong on demand: answers that are refusals, webhooks that come late or never."""

from dataclasses import dataclass


@dataclass
class Faults:
    """How many of the next answers and webhooks go wrong."""

    status: int = 0
    answers: int = 0
    """So many of the next calls are answered with `status`."""
    lost: int = 0
    """So many of the next webhooks are never sent."""
    late_s: float = 0.0
    """By how much each webhook is late."""

    def next(self) -> int:
        """The status that the next call gets; 0 where it is answered as it should be."""
        if self.answers <= 0:
            return 0
        self.answers -= 1
        return self.status

    def loses(self) -> bool:
        """Whether the next webhook is never sent."""
        if self.lost <= 0:
            return False
        self.lost -= 1
        return True
