"""Turns for images: one at a time, and one address does not stand in line many times."""

import threading

import anyio
import pytest

from demo.server.turns import MAX_WAITING_PER_ADDRESS, NoTurnError, Turns
from tests.demo.server.test_limits import in_a_thread


def test_another_address_waits_for_one_image_of_a_crowd():
    done: list[str] = []

    async def crowd() -> None:
        turns, first = Turns(), threading.Event()

        async def ask(address: str) -> None:
            await turns.run(address, lambda: (first.wait(10), done.append(address)))

        async with anyio.create_task_group() as tasks:
            for _ in range(MAX_WAITING_PER_ADDRESS):
                tasks.start_soon(ask, "crowd")
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(NoTurnError, match="Try again"):
                await ask("crowd")
            tasks.start_soon(ask, "other")
            await anyio.wait_all_tasks_blocked()
            first.set()
        assert len(turns) == 0

    in_a_thread(crowd)
    assert done.index("other") == 1
    assert len(done) == MAX_WAITING_PER_ADDRESS + 1
