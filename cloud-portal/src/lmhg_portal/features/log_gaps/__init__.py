"""Events of the portal that could not become a line of its access log, as an officer hears of them."""
