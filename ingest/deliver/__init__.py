"""Delivery: which queues take an article, and how a subscriber reads a queue.

in    an article, and the filters of config/queues.toml; or a subscriber's group name
out   the names of the queues that take it; or deliveries, each until it is acknowledged
"""

from ingest.deliver.filters import queues_for
from ingest.deliver.subscription import Delivery, Subscription

__all__ = ["Delivery", "Subscription", "queues_for"]
