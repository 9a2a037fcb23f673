"""Every sentence that a person reads: collected, written down, and held to plain American English."""
