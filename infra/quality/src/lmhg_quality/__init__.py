"""Graders, benches and peers: what measures LMHG. Nothing that runs, and no stack, imports it."""
