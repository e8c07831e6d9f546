"""Turns for work that takes long: one piece at a time, and of each address only one stands in line with the others'."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

MAX_WAITING, MAX_WAITING_PER_ADDRESS = 200, 30

Result = TypeVar("Result")


class NoTurnError(Exception):
    """So much is waiting that no more is taken; the message is a sentence."""


class Turns:
    """Runs functions in a thread, one after the other."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._own: dict[str, anyio.Lock] = {}
        self._all = anyio.Lock()

    def __len__(self) -> int:
        """How many are waiting or under way."""
        return self._waiting.total()

    @property
    def is_full(self) -> bool:
        """Whether no more are taken."""
        return len(self) >= MAX_WAITING

    async def run(self, address: str, function: Callable[[], Result]) -> Result:
        """Run a function of an address when it is its turn.

        Raises:
            NoTurnError: if too many are waiting already.
        """
        if self.is_full or self._waiting[address] >= MAX_WAITING_PER_ADDRESS:
            raise NoTurnError("Too many images are waiting for their answer. Try again in a few seconds.")
        self._waiting[address] += 1
        try:
            async with self._own.setdefault(address, anyio.Lock()), self._all:
                return await anyio.to_thread.run_sync(function)
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address], self._own[address]
