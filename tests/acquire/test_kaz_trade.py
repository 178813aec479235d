from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import kaz_trade
from equipoise.errors import BadSourceFile, MissingSource

EU = [
    "AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA", "LVA",
    "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE",
]


def sheet(*, total: float = 30.0, extra: tuple[list[object], ...] = ()) -> list[list[object]]:
    return [
        [" Основные показатели внешней торговли Республики Казахстан", "", "", "", "", "", ""],
        ["за январь-декабрь 2018 года", "", "", "", "", "", ""],
        ["Наименование", "Товарооборот", "", "экспорт", "", "Импорт", ""],
        ["", "Всего", "удельный вес, %", "Всего", "удельный вес, %", "Всего", "удельный вес, %"],
        ["Всего\nв том числе", total, 100, 12.0, 100, 18.0, 100],
        ["Страны СНГ", 25.0, "", 12.0, "", 13.0, ""],
        [" Страны ЕАЭС", 25.0, "", 12.0, "", 13.0, ""],
        ["Россия", 25.0, "", 12.0, "", 13.0, ""],
        ["Остальные страны мира", 5.0, "", "", "", 5.0, ""],
        ["  Япония ", 5.0, "", "", "", 5.0, ""],
        ["", "", "", "", "", "", ""],
        *extra,
    ]


def test_partners_and_the_total_stay_and_subtotals_go() -> None:
    assert kaz_trade.tidy(sheet(), where="x").rows() == [
        (None, 2018, 12.0, 18.0, 30.0), ("Россия", 2018, 12.0, 13.0, 25.0), ("Япония", 2018, 0.0, 5.0, 5.0),
    ]


def test_an_empty_cell_that_the_turnover_does_not_explain_is_null() -> None:
    rows = sheet(extra=(["Чад", 0.0, "", "", "", "", ""],))
    assert kaz_trade.tidy(rows, where="x").row(-1) == ("Чад", 2018, None, None, 0.0)


def test_partners_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(BadSourceFile, match=r"x: the partners' turnover_kusd add up to 30, the total says 31"):
        kaz_trade.tidy(sheet(total=31.0), where="x")


def test_a_new_subtotal_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="a new subtotal is not in SUBTOTALS"):
        kaz_trade.tidy(sheet(extra=(["Арктика", 5.0, "", "", "", 5.0, ""],)), where="x")


def test_a_partner_that_occurs_twice_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="Япония twice"):
        kaz_trade.tidy(sheet(extra=(["Япония", 0.0, "", "", "", 0.0, ""],)), where="x")


@pytest.mark.parametrize(("change", "says"), [
    ((1, 0, "годовая"), "does not say its year"),
    ((2, 3, "вывоз"), "no column экспорт"),
    ((7, 1, "н/д"), "'н/д' where a number was expected"),
    ((4, 0, "Итого"), "no row Всего"),
])
def test_another_layout_is_refused(change: tuple[int, int, str], says: str) -> None:
    rows = sheet()
    rows[change[0]][change[1]] = change[2]
    with pytest.raises(BadSourceFile, match=says):
        kaz_trade.tidy(rows, where="x")


def test_files_that_are_none_are_refused() -> None:
    with pytest.raises(BadSourceFile, match="not an Excel workbook"):
        kaz_trade.parse(dict.fromkeys(kaz_trade.FILES, b"1,2,3"))
    with pytest.raises(MissingSource, match="2019"):
        kaz_trade.parse({})


def test_every_spelling_of_a_partner_has_a_code() -> None:
    partners = kaz_trade.partners()
    assert partners["partner_ru"].n_unique() == partners.height
    assert partners["iso3"].str.contains(r"^[A-Z]{3}$").all()
    assert not set(partners["partner_ru"]) & kaz_trade.SUBTOTALS


@pytest.mark.raw
def test_every_partner_has_a_code_and_one_row_a_year(parsed) -> None:
    table = parsed("kaz_trade")
    assert table["year"].unique().sort().to_list() == list(range(2018, 2024))
    assert set(table["partner_ru"].drop_nulls()) <= set(kaz_trade.partners()["partner_ru"])
    coded = table.drop_nulls("partner_ru").join(kaz_trade.partners(), on="partner_ru")
    assert not coded.select(pl.struct("iso3", "year").is_duplicated().any()).item()
    assert table.null_count().select(pl.exclude("partner_ru")).row(0) == (0, 0, 0, 0)


@pytest.mark.raw
def test_the_shares_of_2023_are_the_known_ones(parsed) -> None:
    table = parsed("kaz_trade").filter(pl.col("year") == 2023).join(kaz_trade.partners(), on="partner_ru", how="left")
    total = table.filter(pl.col("partner_ru").is_null())["turnover_kusd"].item()
    assert total == pytest.approx(139.55e6, rel=1e-4)
    for members, share in ((EU, 0.296), (["RUS"], 0.194), (["CHN"], 0.215), (["USA"], 0.029), (["JPN"], 0.016)):
        found = table.filter(pl.col("iso3").is_in(members))["turnover_kusd"].sum() / total
        assert found == pytest.approx(share, abs=5e-4), members


@pytest.mark.raw
def test_the_later_publication_of_a_year_is_taken(parsed) -> None:
    total = parsed("kaz_trade").filter(pl.col("partner_ru").is_null() & (pl.col("year") == 2019))
    assert total["turnover_kusd"].item() == 97774894.63448  # the file of 2019 rounds it to 97,774,894.6
