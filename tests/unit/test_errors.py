"""Errors form one tree, and say what to do."""

import ingest.errors
from ingest.errors import (
    ConfigError,
    ExtractFailed,
    ExtraMissing,
    FetchFailed,
    FolderInUse,
    LeaseLost,
    ParseFailed,
    QueueGap,
    StoreError,
    StoreUnavailable,
    TeletipoError,
    UnknownName,
    WorkFailed,
)
from ingest.models import Fetch, Outcome

TREE = {
    ConfigError: TeletipoError,
    UnknownName: TeletipoError,
    StoreError: TeletipoError,
    StoreUnavailable: StoreError,
    FolderInUse: StoreError,
    ExtraMissing: TeletipoError,
    QueueGap: TeletipoError,
    LeaseLost: TeletipoError,
    WorkFailed: TeletipoError,
    FetchFailed: WorkFailed,
    ParseFailed: WorkFailed,
    ExtractFailed: WorkFailed,
}


def test_the_errors_are_the_tree_that_their_docstring_shows() -> None:
    kinds = [kind for kind in vars(ingest.errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind: kind.__base__ for kind in kinds if kind is not TeletipoError} == TREE
    assert TeletipoError.__base__ is Exception, "`except TeletipoError` catches nothing that is not ours"
    assert ingest.errors.__doc__ is not None
    shown = [line.split("──")[-1].split()[0] for line in ingest.errors.__doc__.splitlines() if "──" in line]
    assert shown == [kind.__name__ for kind in TREE]


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one() -> None:
    error = UnknownName("source", "harbor", ["bay", "harbour"])
    assert error.nearest == "harbour"
    assert str(error) == "no source is called 'harbor'; did you mean 'harbour'?"


def test_a_name_that_is_like_none_is_answered_with_those_that_are_there() -> None:
    error = UnknownName("queue", "xyzzy", ["fog", "all"])
    assert error.nearest is None
    assert str(error) == "no queue is called 'xyzzy'; there are: all, fog"
    assert str(UnknownName("queue", "xyzzy", [])).endswith("there are: none")


def test_of_many_names_twenty_are_shown() -> None:
    assert str(UnknownName("source", "xyzzy", (f"s{n:03}" for n in range(100)))).count(",") == 19


def test_a_failure_is_tried_again_unless_it_says_otherwise_and_waits_as_long_as_it_was_asked_to() -> None:
    assert (WorkFailed("x").again, WorkFailed("x").wait) == (True, None)
    assert ExtractFailed("x", again=False).again is False
    fetch = Fetch(requested="https://h.example/", url="https://h.example/", outcome=Outcome.HTTP_ERROR, status=503)
    failed = FetchFailed("503", fetch=fetch, wait=30.0)
    assert (str(failed), failed.fetch, failed.again, failed.wait) == ("503", fetch, True, 30.0)
