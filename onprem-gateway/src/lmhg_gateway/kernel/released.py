"""The kinds whose home is the gateway, as its features declare them."""

from lmhg_kit.releasing import ReleasedKinds

RELEASED = ReleasedKinds()
