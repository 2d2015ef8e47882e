"""A subscription for asyncio: the same, its waiting done in a thread."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from ingest.deliver.subscription import Delivery, Subscription


class AsyncSubscription:
    """`async for delivery in ...`. Acknowledging is the same as without asyncio, and does not wait."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        deliveries = self._subscription.__iter__()
        try:
            while (delivery := await _in_thread(deliveries)) is not None:
                yield delivery
        finally:
            await asyncio.to_thread(self._subscription.close)

    def stop(self) -> None:
        """End the iteration after the delivery in hand."""
        self._subscription.stop()


async def _in_thread(deliveries: Iterator[Delivery]) -> Delivery | None:
    """The next delivery, None at the end. When it is cancelled, the read that is under way is waited for first, so that
    what it brings is known and given back."""
    reading = asyncio.ensure_future(asyncio.to_thread(next, deliveries, None))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])
        raise
