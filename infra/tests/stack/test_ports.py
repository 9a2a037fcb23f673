"""Ports for what a test starts: side by side, free, and handed out once."""

import socket

from lmhg_stack.ports import LOOPBACK, free_ports


def test_ports_lie_side_by_side_and_come_once() -> None:
    """So a listener that takes its own and the next ones finds all of them."""
    first, second = free_ports(3), free_ports(3)
    assert first == list(range(first[0], first[0] + 3))
    assert not set(first) & set(second)


def test_a_block_with_a_taken_port_is_passed_by() -> None:
    """One of ours may hold it, or a stranger."""
    [before] = free_ports(1)
    with socket.socket() as holder:
        holder.bind((LOOPBACK, before + 2))
        holder.listen()
        assert before + 2 not in free_ports(3)
