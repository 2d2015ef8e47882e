"""A subscription for asyncio: the same, its waiting done in a thread of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from ingest.deliver.delivery import Delivery
from ingest.deliver.subscription import Subscription

T = TypeVar("T")


class AsyncSubscription:
    """`async for delivery in ...`. Answering is the same as without asyncio and never waits: what was answered is sent
    when the next delivery is asked for, and at the end. (An answer after the end is sent at once.)"""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        subscription.answer_at_once = False

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        deliveries = iter(self._subscription)
        thread = ThreadPoolExecutor(1, "subscription")
        try:
            while (delivery := await _whole(thread, lambda: next(deliveries, None))) is not None:
                yield delivery
        finally:
            await _whole(thread, deliveries.close)
            thread.shutdown(wait=False)
            self._subscription.answer_at_once = True

    def stop(self) -> None:
        """End the iteration after the delivery in hand."""
        self._subscription.stop()


async def _whole(thread: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    """Call it in the thread. When we are cancelled, the call is waited for first: what a read brings is known then, and
    given back."""
    running = asyncio.get_running_loop().run_in_executor(thread, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        with suppress(Exception):  # looked at, or asyncio complains that nobody did
            running.result()
        raise
