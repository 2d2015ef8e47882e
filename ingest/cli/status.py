"""status: how things stand."""

import time
from typing import Any

import click
import msgspec
from rich.table import Table

from ingest.baseline import Baseline
from ingest.cli.group import Place, console, drift_line, one_line, opened, pass_place
from ingest.models import Source
from ingest.store import Backfill, FeedState, Store, running_url, source_state
from ingest.wire import Wire

WIDE = 100
"""Columns of a terminal that has room for why the next poll is when it is."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with every feed.")
@pass_place
def status(place: Place, as_json: bool) -> None:
    """Sources, workers, queues and what is dead.

    \b
    Example:  teletipo status
              teletipo status --json | jq .dead
    """
    settings = place.settings()
    running = settings.store.url or running_url(settings.data)
    with opened(settings) as wire:
        found = {**_status(wire), "store": running or None}
        warnings = wire.store.warnings()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({**found, "warnings": warnings}), indent=2).decode())
        return
    _print(found)
    for warning in warnings:
        console.print(f"warning: {warning}", style="bold red", markup=False)


def _status(wire: Wire) -> dict[str, Any]:
    store, settings = wire.store, wire.settings
    states = store.feed_states(list(settings.feeds))
    days, baselines = store.days(list(settings.sources)), store.baselines(list(settings.sources))
    walks = store.backfills(settings.sources)
    return {
        "sources": [_source(source, states, baselines, walks, days[source.id]) for source in settings.sources.values()],
        "workers": _workers(store),
        "queues": {name: store.queue_length(name) for name in settings.queues},
        "due": store.due_counts(),
        "looks": store.looks()._asdict(),
        "dead": store.dead_count(),
    }


def _workers(store: Store) -> list[dict[str, Any]]:
    now = time.time()
    return [
        {"name": beat.name, "kind": beat.kind, "slots": beat.slots, "up_seconds": max(0, round(now - beat.started))}
        for beat in store.alive()
    ]


def _source(
    source: Source,
    states: dict[str, FeedState],
    baselines: dict[str, Baseline],
    walks: dict[str, Backfill],
    day: dict[str, int],
) -> dict[str, Any]:
    stands, walk = source_state(source, states, baselines, walks), walks.get(source.id)
    return {
        "id": source.id,
        "name": source.name,
        "last_fetch": stands.last_poll,
        "next_poll": stands.next_poll,
        "why": next((state.why for _, state in stands.feeds if state.next_poll == stands.next_poll), ""),
        "last_error": stands.last_error,
        "drift": stands.drift,
        "drifting_since": stands.drifting,
        "remarks": stands.remarks,
        "backfill": walk and _walk(walk),
        "articles_today": day.get("created", 0) + day.get("copy", 0),
        "today": day,
        "feeds": [{"id": feed.id, "url": feed.url, **msgspec.to_builtins(state)} for feed, state in stands.feeds],
    }


def _walk(walk: Backfill) -> dict[str, Any]:
    """The walk into its past as it stands, without what only its next step needs."""
    shown = (
        "since",
        "until",
        "why",
        "begun",
        "pages",
        "found",
        "known",
        "outside",
        "outcomes",
        "oldest",
        "error",
        "left",
    )
    told = {name: getattr(walk, name) for name in (*shown, "ended", "end")}
    return {"running": walk.running, **told, "claimed": walk.claimed, "published": walk.published}


def _print(found: dict[str, Any]) -> None:
    now = time.time()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, justify in (("source", "left"), ("today", "right"), ("last fetch", "right"), ("next poll", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    wide = console.width >= WIDE
    if wide:
        table.add_column("why then", style="dim", no_wrap=True)
    table.add_column("last error", style="red")
    for source in found["sources"]:
        table.add_row(
            source["id"],
            str(source["articles_today"] or "·"),
            _span(source["last_fetch"] and now - source["last_fetch"], "never", " ago"),
            _span(source["next_poll"] and source["next_poll"] - now, "–", ""),
            *([source["why"]] if wide else []),
            one_line(source["last_error"]),
        )
    console.print(table)
    for source in found["sources"]:
        if source["drift"]:
            console.print(drift_line(source["id"], source["drift"]), style="yellow", markup=False, soft_wrap=True)
        for remark in source["remarks"]:
            console.print(f"{source['id']}: {remark}", style="yellow", markup=False, soft_wrap=True)
    kinds = [worker["kind"] for worker in found["workers"]]
    alive = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))) or "none; start `teletipo run`"
    queues = ", ".join(f"{name} {length}" for name, length in found["queues"].items())
    console.print(f"\nworkers  {alive}\nqueues   {queues}\ndue      {found['due']['fetch']} to fetch, ", end="")
    console.print(f"{found['due']['process']} to process, {_looks(found['looks'])}\ndead     {found['dead']}", end="")
    console.print("  (teletipo dead list)" if found["dead"] else "")
    console.print(f"store    {found['store'] or 'does not run; `teletipo run` starts it'}")


def _looks(looks: dict[str, int]) -> str:
    now = f" ({looks['due']} now)" if looks["due"] else ""
    return f"{looks['planned']} to look at again{now}"


def _span(seconds: float | None, never: str, suffix: str) -> str:
    """A length of time in one unit: 45s, 12m, 5h, 3d."""
    if seconds is None:
        return never
    if seconds <= 0:
        return "now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.0f}{unit}{suffix}"
    return f"{seconds:.0f}s{suffix}"
