"""Delivery: which queues take an article, and how a subscriber reads a queue.

    article ─► Filters ─► names of the queues that take it
    queue + group ─► Subscription ─► deliveries, each until it is acknowledged

filters.py and position.py are pure; subscription.py holds a group's place, asynchronous.py is the same for asyncio.
"""

from ingest.deliver.asynchronous import AsyncSubscription
from ingest.deliver.filters import Filter, Filters, takes_all
from ingest.deliver.position import position
from ingest.deliver.subscription import Delivery, Subscription

__all__ = ["AsyncSubscription", "Delivery", "Filter", "Filters", "Subscription", "position", "takes_all"]
