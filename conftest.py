"""The fixtures that every package's tests share."""

pytest_plugins = ["lmhg_stack.testing"]
