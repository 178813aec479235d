"""What a claim's check finds, on the pack; and that what is not known never counts against a claim."""

from __future__ import annotations

import pytest

from equipoise.assemble.packed import embedded
from equipoise.audit.format import parse
from equipoise.audit.result import Row, audit

HEAD = 'format = 1\n[document]\nid = "d"\ntitle = "D"\n{cited}\n[[claim]]\nid = "a"\nplace = "p"\nsays = "s"\n'


def row(body: str, *, cited: str = "") -> Row:
    (found,) = audit(parse(HEAD.format(cited=cited) + body, name="c.toml"), pack=embedded()).rows
    return found


def told(kind: str, /, **keys: object) -> str:
    def toml(v: object) -> str:
        return str(v) if isinstance(v, int | float) and not isinstance(v, bool) else (
            "[" + ", ".join(map(toml, v)) + "]" if isinstance(v, list) else str(v).lower() if isinstance(v, bool)
            else f'"{v}"')

    return f'check = "{kind}"\n' + "".join(f"{k.rstrip('_')} = {toml(v)}\n" for k, v in keys.items())


@pytest.mark.parametrize(("body", "verdict", "found"), [
    (told("value", quantity="gdp_growth", state="KAZ", period=2017, claimed=4.1, unit="%"), "confirmed", "4.1 %"),
    (told("value", quantity="gdp_growth", state="KAZ", period=2017, claimed=2.4, unit="%"), "contradicted", "4.1 %"),
    (told("value", quantity="gdp_growth", state="KAZ", period=2017, claimed=4, unit="%", relation="more_than"),
     "confirmed", "4.1 %"),
    (told("growth", quantity="oil_price", from_=1999, to=2000, claimed=60, tolerance=1), "confirmed", "59."),
    (told("share", quantity="trade", state="KAZ", partners=["RUS"], period=2019, claimed=20, tolerance=1), "confirmed",
     "20."),
    (told("date", organisation="OSCE", state="KAZ", kind="chair", claimed="2010"), "confirmed", "2010-01-01"),
    (told("date", organisation="SCO", claimed="2001-06"), "confirmed", "2001-06-15"),
    (told("date", organisation="SCO", claimed="2000", tolerance="170 days"), "confirmed", "2001-06-15"),
    (told("date", organisation="SCO", claimed="2000", relation="after"), "confirmed", "2001-06-15"),
    (told("date", organisation="SCO", claimed="2000", relation="by"), "contradicted", "2001-06-15"),
    (told("membership", organisations=["CSTO"], states=["UZB"], relation="include", on="2009-01-01"), "confirmed",
     "UZB"),
    (told("membership", organisations=["CSTO"], states=["UZB"], relation="include", on="2013-01-01"), "contradicted",
     "UZB"),
    (told("membership", organisations=["CIS"], states=["TKM"], kinds=["associate"], relation="include",
          on="2022-01-01"), "confirmed", "TKM"),
    (told("membership", organisations=["CSTO", "EAEU"], states=["TKM", "UZB"], relation="exclude", on="2022-01-01"),
     "confirmed", "CSTO: TKM UZB; EAEU: TKM UZB"),
    (told("border", state="RUS", organisation="EAEU", on="2019-01-01", relation="all_but", with_=["ARM", "KGZ"]),
     "confirmed", "ARM KGZ"),
    (told("border", state="CHN", with_=["KAZ", "UKR"], relation="none"), "contradicted", "KAZ"),
    (told("ranking", quantity="gdp_usd", state="KGZ", group="Central Asia", order="smallest", period=2018, claimed=2),
     "confirmed", "TJK"),
    (told("ranking", quantity="imports", state="KAZ", partners=["RUS", "CHN"], order="largest", period=2018),
     "contradicted", "EUU"),
    (told("ranking", quantity="border", state="USA", partner="CAN", order="largest", claimed=1), "confirmed",
     "CAN–USA"),
    (told("count", of="members", organisations=["CSTO"], on="2019-01-01", claimed=6), "confirmed", "6"),
    (told("count", of="votes", state="CHN", resolutions=["R/68/262"], votes=["abstain"], claimed=1), "confirmed", "1"),
    (told("count", of="years", quantity="conflict_intensity", state="KAZ", from_=1991, to=2003, above=0, claimed=0),
     "confirmed", "0"),
])
def test_verdicts_on_what_is_known(body: str, verdict: str, found: str) -> None:
    got = row(body)
    assert got.verdict == verdict and got.source and any(found in v for v in got.found.values())


@pytest.mark.parametrize("body", [
    told("value", quantity="population", state="KAZ", period=1890, claimed=5, unit="million persons"),
    told("value", quantity="population", state="KAZ", period=2090, claimed=5, unit="million persons"),
    told("value", quantity="trade", state="KAZ", partner="USA", period=2013, to=2017, claimed=1, unit="USD"),
    told("share", quantity="trade", state="KAZ", partners=["RUS"], period="2017-01", claimed=99),
    told("growth", quantity="gdp_real", state="KAZ", from_=1980, to=1990, claimed=99),
    told("date", event="eu-pca-initialled", claimed="1890"),
    told("date", organisation="WTO", state="UZB", claimed="1890"),
    told("membership", organisations=["SCO"], states=["USA"], relation="include", on="1990-01-01"),
    told("membership", organisations=["SCO"], states=["USA"], relation="include", on="2090-01-01"),
    told("count", of="members", organisations=["SCO"], on="1990-01-01", claimed=99),
    told("count", of="years", quantity="leader_years", state="KAZ", from_=1850, to=1860, above=0, claimed=99),
    told("ranking", quantity="gdp_usd", state="KAZ", group="Central Asia", order="largest", period=2090, claimed=4),
    told("ranking", quantity="trade", state="KAZ", partners=["USA"], order="largest", period=2016),
])
def test_without_data_the_verdict_is_no_data_and_never_contradicted(body: str) -> None:
    assert row(body).verdict == "no_data"


def test_the_nearest_year_is_shown_and_decides_nothing() -> None:
    got = row(told("share", quantity="trade", state="KAZ", partners=["RUS"], period=2017, claimed=19.5, tolerance=1))
    assert got.verdict == "no_data" and got.found["nearest"].startswith("2018: 19.5")


def test_a_missing_rival_leaves_open_only_what_it_could_change() -> None:
    """Three of five states have no figure for 1991; what holds whatever theirs is, is still decided."""
    body = told("ranking", quantity="independence", state="KAZ", group="g", order="last", claimed=1)
    named = '[groups]\ng = ["KAZ", "UKR", "USA"]\n'
    file = HEAD.format(cited="").replace("[[claim]]", named + "[[claim]]")

    def of(text: str) -> str:
        return audit(parse(file + text, name="c"), pack=embedded()).rows[0].verdict

    assert of(body) == "no_data"
    assert of(body.replace("claimed = 1", "claimed = 3")) == "contradicted"


def test_a_reading_makes_it_a_matter_of_definition_and_is_named() -> None:
    body = told("date", organisation="SCO", claimed="1996") + (
        'reading = [{ says = "x", claimed = "1890" }, { says = "the Five", organisation = "S5" }]\n')
    got = row(body)
    assert got.verdict == "not_comparable" and got.holds_as == 1 and got.readings[1][0].en == "the Five"
    assert row(told("date", organisation="SCO", claimed="1890") + 'reading = [{ says = "x", organisation = "S5" }]\n'
               ).verdict == "contradicted"


def test_what_rests_on_the_document_alone_is_no_evidence_for_it() -> None:
    body = told("date", event="mackinder-heartland", claimed="1919")
    assert row(body).verdict == "confirmed" and row(body, cited='cited_as = ["Lin"]').verdict == "confirmed"
    assert row(body, cited='cited_as = ["Mackinder"]').verdict == "no_data"
    two = told("date", event="trump-visit", claimed="2018-01-16")
    alone = row(two, cited='cited_as = ["Lin"]')
    assert row(two).sources[0] == "Lin" and alone.verdict == "confirmed" and alone.sources == row(two).sources[1:]
