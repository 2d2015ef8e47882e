"""The Celery application. Celery executes, `due` remembers: a message is a hint, and losing one costs nothing.

That is why acknowledgement emulation is off (three times the throughput on Redis), no result is stored, and no
countdown or ETA is used anywhere. docs/decisions/celery.md has the figures behind each setting.
"""

from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

from ingest.settings import Settings
from ingest.store import QUEUES, Keys


def make_app(settings: Settings, store_url: str) -> Celery:
    """A Celery application on [broker] url, or on the store where that is empty."""
    broker = settings.broker.url or store_url
    app = Celery("teletipo", broker=broker, set_as_current=True)
    app.conf.update(
        task_queues=_queues(broker, Keys(settings.store.prefix)),
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=1,
        worker_enable_prefetch_count_reduction=False,  # a fetch worker hung after RabbitMQ was restarted
        worker_enable_remote_control=False,  # its mailbox makes a worker exit when the store restarts
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_detect_quorum_queues=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(broker, Keys(settings.store.prefix)),
    )
    return app


def _queues(broker: str, keys: Keys) -> list[Queue]:
    """One queue for each of QUEUES, known here by that name. On a broker that others may use too its own name has the
    prefix, and an exchange of its own: Celery's default would hand it whatever other applications send there."""
    names = {name: name if _is_redis(broker) else f"{keys.prefix}{name}" for name in QUEUES}
    return [Queue(own, Exchange(own), routing_key=own, alias=name, durable=True) for name, own in names.items()]


def _is_redis(broker: str) -> bool:
    return broker.startswith(("redis:", "rediss:", "redis+socket:", "sentinel:"))


def _transport_options(broker: str, keys: Keys) -> dict[str, Any]:
    if not _is_redis(broker):
        return {}
    return {"ack_emulation": False, "socket_keepalive": True, "global_keyprefix": keys.celery}
