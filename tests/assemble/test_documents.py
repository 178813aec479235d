"""The figures of the source documents."""

from __future__ import annotations

import datetime as dt

from equipoise.assemble.documents import document_shares, figures


def test_the_trade_shares_of_the_article() -> None:
    shares = document_shares("KAZ")
    assert shares.select("date", "power", "share").rows() == [
        (dt.date(2017, 1, 1), "EUU", 0.386), (dt.date(2017, 1, 1), "RUS", 0.22), (dt.date(2017, 1, 1), "CHN", 0.12)]
    assert shares.columns == ["date", "power", "share", "document", "place"]
    assert document_shares("MNG").is_empty()


def test_every_figure_has_a_unit_and_a_place() -> None:
    assert figures().select("value", "unit", "document", "place").null_count().row(0) == (0, 0, 0, 0)
