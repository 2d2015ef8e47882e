"""Delivery: which queues take an article, and how a subscriber reads a queue.

    article ─► Filters ─► names of the queues that take it
    queue + group ─► Subscription ─► deliveries, each until it is acknowledged
    webhook ─► Sender ─► the same, each POSTed until its receiver takes it

filters.py, position.py and signature.py are pure; subscription.py holds a group's place, asynchronous.py is the same
for asyncio, webhooks.py for receivers.
"""

from ingest.deliver.asynchronous import AsyncSubscription
from ingest.deliver.delivery import Delivery
from ingest.deliver.filters import Filter, Filters, takes_all
from ingest.deliver.position import is_entry, position
from ingest.deliver.signature import new_secret
from ingest.deliver.subscription import Gaps, Options, Subscription
from ingest.deliver.webhooks import Sender, group_of, message_id, post_test

__all__ = [
    "AsyncSubscription",
    "Delivery",
    "Filter",
    "Filters",
    "Gaps",
    "Options",
    "Sender",
    "Subscription",
    "group_of",
    "is_entry",
    "message_id",
    "new_secret",
    "position",
    "post_test",
    "takes_all",
]
