"""Which clinical notes were locked, and when; never their text."""
