"""Rows of a landing show together with HEAD, and a dead landing's rows go."""

from __future__ import annotations

import pyarrow as pa
import pytest

from regulars.desk import bulk, spans
from regulars.identify.models import Link

pytestmark = pytest.mark.django_db(transaction=True)


def links(*hashes: str) -> pa.Table:
    return pa.table({"identifier_hash": list(hashes), "customer": list(range(1, len(hashes) + 1))})


def shown(head: int) -> set[str]:
    return set(Link.objects.filter(spans.visible(head)).values_list("identifier_hash", flat=True))


def write(*hashes: str, batch: int) -> None:
    bulk.insert(Link, links(*hashes), batch=batch, identifier_type="phone", rule="alone")


def test_rows_show_from_their_landing_until_the_one_that_ends_them() -> None:
    write("a", "b", batch=1)
    write("c", batch=2)
    bulk.close(Link, number=2, field="identifier_hash", values=["a"], ended_by="a turn")
    assert shown(0) == set()
    assert shown(1) == {"a", "b"}
    assert shown(2) == {"b", "c"}
    assert Link.objects.get(identifier_hash="a").ended_by == "a turn"


def test_recovering_removes_what_a_dead_landing_wrote_and_reopens_what_it_ended() -> None:
    write("a", "b", batch=1)
    write("c", batch=2)
    bulk.close(Link, number=2, field="identifier_hash", values=["a"])
    assert spans.recover(1) == 2
    assert shown(9) == {"a", "b"}
    assert spans.recover(1) == 0


def test_sweeping_removes_only_what_ended() -> None:
    write("a", "b", batch=1)
    bulk.close(Link, number=2, field="identifier_hash", values=["a"])
    assert spans.sweep(Link, 1) == 0
    assert spans.sweep(Link, 2) == 1
    assert shown(2) == {"b"}


def test_more_rows_than_a_chunk_all_arrive_and_all_end() -> None:
    hashes = [str(n) for n in range(spans.CHUNK * 2 + 1)]
    write(*hashes, batch=1)
    assert len(shown(1)) == len(hashes)
    assert bulk.close(Link, number=2, field="identifier_hash", values=hashes) == len(hashes)
    assert shown(2) == set()
