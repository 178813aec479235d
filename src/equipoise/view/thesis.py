"""The tested hypotheses in words: labels of estimates, verdicts with their reasons, the tables behind the charts."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import polars as pl

from equipoise.schema import StateReport
from equipoise.view.formats import NOTHING
from equipoise.view.i18n import catalogue, parameters
from equipoise.view.tables import Table
from equipoise.view.words import Words

BEHIND = "rests_on"
"""Stands among the reasons of a verdict, and gives numbers behind it."""

KINDS = ("main", "quick", "secondary", "variant", "placebo")
VERDICTS = ("supported", "not_supported", "contradicted", "undecidable")
PARAMETERS = ("coercion", "cross_pressure", "intolerance")

BY_MAIN = "_main_estimator"
"""Ends the name of an estimate that stands beside others of its name, and was made by the main estimator."""

_YEAR, _NUMBER, _STATE = r"(?:19|20)\d\d", r"\d+(?:_\d+)?", "[a-z]{3}"
_CHANNEL = "trade|diplomacy|security|institutions"

LIKE = (
    ("rivalry_without", r"rivalry_without_(?P<component>ideal_points|sanctions|alliances|disputes|strategic)"),
    ("rivalry_later", r"rivalry_(?P<count>\d+)_years_later"),
    ("channel_alone", rf"(?P<channel>{_CHANNEL})_alone"),
    ("state_alone", rf"(?P<state>{_STATE})_alone"),
    ("leverage_of", rf"leverage_of_(?P<state>{_STATE})_alone"),
    ("tenure_of", r"tenure_of_(?P<since>\d+)_to_(?P<until>\d+)_years"),
    ("tenure_from", r"tenure_of_(?P<since>\d+)_years_and_more"),
    ("dependence", rf"dependence_on_(?P<state>{_STATE})"),
    ("until", rf"to_(?P<until>{_YEAR})"),
    ("since", rf"(?P<since>{_YEAR})_on"),
    ("span", rf"(?P<since>{_YEAR})_(?P<until>{_YEAR})"),
    ("sanctions_in", rf"s_1_in_(?P<since>{_YEAR})_(?P<until>{_YEAR})"),
    ("psi", rf"psi_(?P<value>{_NUMBER})"),
    ("prior_width", rf"prior_width_(?P<value>{_NUMBER})"),
    ("shocks", rf"shocks_of_(?P<value>{_NUMBER})"),
)
"""Names with a value in them: the message of ``thesis_like``, and what a slug of it looks like."""


def label(slug: str, *, words: Words) -> str:
    """The name of an estimate; one that has no label is shown as it came.

    >>> from equipoise.view.words import words
    >>> label("rivalry_without_sanctions", words=words("en")), label("to_2013", words=words("en"))
    ('rivalry without one component (Sanctions in force)', 'to 2013')
    """
    return _label(slug, words=words) or slug.replace("_", " ")


def has_label(slug: str, *, words: Words) -> bool:
    """Whether the catalogue has a name for an estimate."""
    return _label(slug, words=words) is not None


def _label(slug: str, *, words: Words) -> str | None:
    m = words.m
    if slug.endswith(BY_MAIN) and (name := _label(slug.removesuffix(BY_MAIN), words=words)):
        return m("thesis_by_main", name=name)
    if m.has(f"thesis_name.{slug}"):
        return m.pick("thesis_name", slug)
    for key, pattern in LIKE:
        if found := re.fullmatch(pattern, slug):
            given = {name: _spoken(name, value, words=words) for name, value in found.groupdict().items()}
            return m(f"thesis_like.{key}", **given)
    return None


def _spoken(name: str, value: str, *, words: Words) -> str:
    if name in ("component", "channel"):
        return words.m.pick(name, value)
    if name == "state":
        return words.name(value.upper())
    return value.replace("_", ".")


def verdict(value: str | None, *, words: Words) -> str:
    """A verdict in words; that there is none where the main estimator was not run."""
    return words.m.pick("verdict", value.replace(" ", "_")) if value else words.m("thesis_no_verdict")


def reasons(text: str | None, *, words: Words) -> list[str]:
    """What replaced or surrounds a verdict, a sentence each, from JSON; an unknown reason is shown as it came.

    >>> from equipoise.view.words import words
    >>> reasons('[{"code": "odd_one", "params": {"x": 0.5}}]', words=words("en"))
    ['odd one: x = 0.5.']
    """
    found = (r for r in json.loads(text or "[]") if r["code"] != BEHIND)
    return [reason(str(r["code"]), r.get("params") or {}, words=words) for r in found]


def reason(code: str, params: dict[str, Any], *, words: Words) -> str:
    """One reason as a sentence."""
    if code == "text":
        return str(params.get("text", ""))
    given = {name: _written(name, value, words=words) for name, value in params.items()}
    known = catalogue().get(f"thesis_reason.{code}")
    if known and parameters(known["en"]) <= given.keys():
        return words.m(f"thesis_reason.{code}", **given)
    told = ", ".join(f"{name} = {value}" for name, value in given.items())
    return f"{code.replace('_', ' ')}: {told}." if told else f"{code.replace('_', ' ')}."


def _written(name: str, value: Any, *, words: Words) -> str:
    if name == "share" and isinstance(value, (int, float)):
        return words.n.share(float(value))
    if isinstance(value, (list, tuple)):
        return words.join(verdict(str(v), words=words) for v in value)
    if isinstance(value, (int, float)):
        return number(value)
    slug = re.sub(r"[^a-z0-9]+", "_", str(value).lower()).strip("_")
    return words.m.pick("thesis_what", slug) if words.m.has(f"thesis_what.{slug}") else str(value)


def number(value: float | None) -> str:
    """A number to three digits; a dash where there is none.

    >>> number(0.123456), number(-12.3456), number(None), number(12345)
    ('0.123', '−12.3', '–', '12345')
    """
    if value is None:
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return (f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}").replace("-", "−")


def interval(low: float | None, high: float | None, *, words: Words) -> str:
    """Two bounds to three digits."""
    mark = "to" if words.lang == "en" else "～"
    return NOTHING if low is None or high is None else f"{number(low)} {mark} {number(high)}"


def sample(row: dict[str, Any], *, words: Words) -> str:
    """States, years and rows of an estimate."""
    if not row["rows"]:
        return NOTHING
    years = f"{row['first_year']}–{row['last_year']}" if row["first_year"] else NOTHING
    return words.m("thesis_sample", states=row["states"], years=years, rows=words.n.whole(row["rows"]))


def shown(report: StateReport) -> list[dict[str, Any]]:
    """Of every hypothesis the estimate that stands for it, the main or else the quick one, with its verdict."""
    first = report.thesis.filter(pl.col("kind").is_in(["main", "quick"])).sort("hypothesis", "kind")
    rows = first.unique("hypothesis", keep="first", maintain_order=True)
    return report.verdicts.join(rows, on="hypothesis", how="left").sort("hypothesis").to_dicts()


def count(report: StateReport, *, words: Words) -> str:
    """One line: which propositions have which verdict."""
    m, rows = words.m, [(str(r["hypothesis"]), (r["verdict"] or "").replace(" ", "_")) for r in shown(report)]
    by = {v: [h for h, own in rows if own == v] for v in (*VERDICTS, "")}
    parts = [m("thesis_counted", verdict=verdict(v, words=words), names=words.join(hs)) for v, hs in by.items() if hs]
    return m("thesis_count", parts=m("semicolon").join(parts))


def verdicts(report: StateReport, *, words: Words) -> Table:
    """The propositions with estimate, interval, smallest effect of interest, sample, verdict and reasons."""
    m, rows = words.m, []
    for r in shown(report):
        h = str(r["hypothesis"])
        quick = m("thesis_quick") if r["kind"] == "quick" else ""
        told = [m("thesis_power", share=words.n.share(r["power"]))] if r["power"] is not None else []
        told += [m("thesis_holm", level=number(r["holm"]))] if r["holm"] is not None else []
        rows.append([
            m("numbered", number=h, text=m.pick("hypothesis", h)),
            f"{quick}{number(r['estimate'])} ({interval(r['low'], r['high'], words=words)})",
            f"{number(r['smallest'])} {m.pick('thesis_unit', h)}",
            sample(r, words=words),
            verdict(r["verdict"], words=words),
            (" " if words.lang == "en" else "").join([*reasons(r["reasons"], words=words), *told]) or NOTHING,
        ])
    head = [m("head_proposition"), m("head_estimate_interval"), m("head_smallest"), m("head_sample"), m("head_verdict"),
            m("head_reasons")]
    return Table(head, rows, first=1, last=2)


def estimates(report: StateReport, *, words: Words) -> Table:
    """Every estimate behind the chart of the hypotheses, in its own unit, and the range of the placebo estimates."""
    m, rows = words.m, []
    order = {k: i for i, k in enumerate(KINDS)}
    for r in sorted(report.thesis.to_dicts(), key=lambda r: (r["hypothesis"], order.get(r["kind"], 9))):
        rows.append([r["hypothesis"], m.pick("thesis_kind", r["kind"]), label(r["name"], words=words),
                     number(r["estimate"]), interval(r["low"], r["high"], words=words), sample(r, words=words)])
    for r in report.verdicts.filter(pl.col("placebo_count").fill_null(0) > 0).to_dicts():
        rows.append([r["hypothesis"], m("thesis_kind.placebo"), m("thesis_placebo_range", count=r["placebo_count"]),
                     NOTHING, interval(r["placebo_low"], r["placebo_high"], words=words), NOTHING])
    rows.sort(key=lambda r: r[0])
    head = [m("head_proposition"), m("head_estimate_kind"), m("head_estimate_of"), m("head_estimate"),
            m("head_interval"), m("head_sample")]
    return Table(head, rows, first=3, last=5)


def fitted(report: StateReport, *, words: Words) -> Table:
    """Quantiles of prior and posterior, with the diagnostics of sampling."""
    m, n = words.m, words.n
    fit = {(r["prior"], r["parameter"], r["group"]): r for r in report.choice_fit.to_dicts()}
    rows = []
    for r in report.choice_posterior.to_dicts():
        told = fit.get((r["prior"], r["parameter"], r["group"]), {}) if r["what"] == "posterior" else {}
        rows.append([
            m.pick("assumption", r["parameter"]),
            m.pick("thesis_prior", r["prior"]),
            group(r, words=words),
            n.index(r["median"]),
            n.interval(r["mid_low"], r["mid_high"]),
            n.interval(r["low"], r["high"]),
            n.index(told.get("rhat"), digits=3),
            n.whole(told.get("ess_bulk")),
            n.whole(told.get("ess_tail")),
        ])
    for r in report.choice_fit.filter(pl.col("parameter") == "sampling").to_dicts():
        rows.append([m("thesis_sampling"), m.pick("thesis_prior", r["prior"]), m.pick("thesis_diagnostic", r["group"]),
                     n.whole(r["mean"]), *[NOTHING] * 5])
    head = [m("head_parameter"), m("head_prior"), m("head_group"), m("head_median"), m("head_half"),
            m("head_interval"), "R-hat", m("head_ess_bulk"), m("head_ess_tail")]
    return Table(head, rows, first=3)


def group(row: dict[str, Any], *, words: Words) -> str:
    """What a distribution is of: the prior, the mean over channels, or a channel."""
    if row["what"] == "prior":
        return words.m("thesis_before")
    return words.m.pick("channel", row["group"]) if row["group"] else words.m("thesis_all_channels")


def scores(report: StateReport, *, words: Words) -> Table:
    """Held-out scores of every model."""
    m, n = words.m, words.n
    rows = [
        [
            m("thesis_trained_to", year=r["trained_to"]),
            m.pick("channel", r["channel"]),
            m.pick("forecast_model", r["model"]),
            n.index(r["log_score"]),
            n.index(r["log_score_gain"]),
            n.index(r["gain_se"]),
            n.index(r["crps"], digits=4),
            n.index(r["crps_gain"], digits=4),
            n.index(r["crps_gain_se"], digits=4),
            n.whole(r["n"]),
        ]
        for r in report.forecast_scores.sort("trained_to", "channel", "model").to_dicts()
    ]
    head = [m("head_trained"), m("axis_channel"), m("head_model"), m("head_log_score"), m("head_gain"),
            m("head_gain_se"), m("head_crps"), m("head_gain"), m("head_gain_se"), m("head_state_years")]
    return Table(head, rows, first=3)


def on_leeway(report: StateReport, *, words: Words) -> str:
    """What the tests mean for the leeway of the report: where its parameters come from."""
    return words.m.pick("thesis_leeway", report.assumptions.get("parameters", "assumed"))
