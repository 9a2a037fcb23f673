"""The kinds of record that may ever cross, one file a family."""
