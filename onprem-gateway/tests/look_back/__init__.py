"""Looking back: tests on the database, as the worker reaches it."""
