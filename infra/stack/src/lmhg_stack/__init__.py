"""The embedded stack behind make up."""
