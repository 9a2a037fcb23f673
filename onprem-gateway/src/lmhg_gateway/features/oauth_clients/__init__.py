"""Programs that may sign people in or use the JSON API: registered, changed and ended by two hands."""
