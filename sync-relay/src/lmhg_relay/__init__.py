"""The relay: two halves of one program."""
