"""config/*.toml and the environment -> Settings, once, at the edge.

    teletipo.toml   tables; any key also as TELETIPO_<TABLE>__<KEY> in the environment, which wins
    queues.toml     [queues.NAME] filters and retention
    webhooks.toml   [webhooks.NAME] receivers, where there are any
    sources/*.toml  one outlet each

records.py holds the records, toml.py reads one file into one of them, secrets.py a webhook's secret, loading.py puts
them together, and writing.py writes the file of a source. Whatever is not understood is a ConfigError that names the
file, the key and the remedy.
"""

from ingest.settings.loading import default_config, is_packaged, load
from ingest.settings.records import (
    ApiSettings,
    BrokerSettings,
    Conditions,
    FetchSettings,
    QueueSettings,
    RetentionSettings,
    RevisionSettings,
    ScheduleSettings,
    Settings,
    StoreSettings,
    WatchSettings,
    WebhookSettings,
    WebSubSettings,
    WorkerSettings,
)

__all__ = [
    "ApiSettings",
    "BrokerSettings",
    "Conditions",
    "FetchSettings",
    "QueueSettings",
    "RetentionSettings",
    "RevisionSettings",
    "ScheduleSettings",
    "Settings",
    "StoreSettings",
    "WatchSettings",
    "WebSubSettings",
    "WebhookSettings",
    "WorkerSettings",
    "default_config",
    "is_packaged",
    "load",
]
