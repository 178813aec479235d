"""One state's report as a self-contained HTML page: no script, no outside request."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from equipoise.schema import StateReport
from equipoise.view import openings, stance_page, tables, thesis
from equipoise.view.figures import Draft, draft, figures_of, uses_of
from equipoise.view.headline import basis, headline, tiles
from equipoise.view.style import FONTS
from equipoise.view.words import Words, words

FORMULAS = (
    "engagement", "multi_vector", "equidistance", "hedging", "order", "structure", "choice", "inversion", "leeway",
    "strategy", "rivalry", "hhi"
)
"""What the method's list of formulas names, each with a message."""


def render(report: StateReport, *, lang: str = "en") -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    lang
        ``en`` or ``zh-Hant``.

    Raises
    ------
    UsageError
        There is no report in that language.
    """
    spoken = words(lang)
    made = draft(report, words=spoken)
    return page(
        "report.html.j2",
        words=spoken,
        report=report,
        state=spoken.name(report.state),
        headline=headline(report, words=spoken),
        tiles=tiles(report, words=spoken),
        figures=_drawn(made),
        assumptions=_assumptions(report, words=spoken),
        parameters=report.assumptions.get("parameters", "assumed"),
        basis=basis(report, words=spoken),
        missing=_missing(report, words=spoken),
        tier_region=spoken.m.pick("region", report.tiers_region),
        document=_document(report, words=spoken),
        opening_lines=openings.order(report, words=spoken),
        opening_claims=openings.claims(report, words=spoken),
        verdicts=thesis.verdicts(report, words=spoken) if report.verdicts.height else None,
        verdict_count=thesis.count(report, words=spoken) if report.verdicts.height else "",
        leeway_rests_on=thesis.on_leeway(report, words=spoken),
        stances=_stances(report, words=spoken),
        leaders=tables.leaders(report, words=spoken),
        sources=sources(report, words=spoken),
        formulas=FORMULAS,
        provenance=provenance(report, words=spoken),
    )


def page(template: str, *, words: Words, **given: Any) -> str:
    """Fill one of the templates."""
    env = Environment(
        loader=PackageLoader("equipoise.view"),
        autoescape=select_autoescape(["html", "j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return env.get_template(template).render(m=words.m, n=words.n, words=words, font=Markup(FONTS[words.lang]), **given)


def sources(report: StateReport, *, words: Words) -> list[dict[str, str]]:
    """The sources as they stand in the table, with what they are used for in words."""
    rows = []
    for r in report.sources.to_dicts():
        uses = words.m("comma").join(words.m.pick("use", u) for u in uses_of(r["used_for"]))
        coverage = words.m("undated") if r["coverage"] == "undated" else str(r["coverage"] or "–")
        rows.append(
            {
                "title": r["title"],
                "version": str(r["version"] or "–"),
                "coverage": coverage,
                "licence": str(r["licence"] or "–"),
                "home": _link(r["home"]),
                "used_for": uses,
            }
        )
    return rows


def provenance(report: StateReport, *, words: Words) -> list[tuple[str, str]]:
    """What the report was made from, as name and value."""
    found = [(words.m.pick("provenance", k), str(v)) for k, v in report.provenance.items()]
    seen = report.assumptions
    return [
        *found,
        *(
            (words.m.pick("provenance", k), str(seen[k]))
            for k in ("draws", "pair_draws", "left_out_draws", "seed")
            if k in seen
        ),
        *((words.m.pick("provenance", k), _weights(seen[k], words=words)) for k in ("rivalry_weights",) if k in seen),
    ]


def _weights(weights: dict[str, float], *, words: Words) -> str:
    named = ((words.m.pick("component", name), words.n.share(share, digits=1)) for name, share in weights.items())
    return words.m("semicolon").join(words.m("name_share", name=name, share=share) for name, share in named)


def _stances(report: StateReport, *, words: Words) -> dict[str, Any] | None:
    """What stands around the figures of stances; None where there are none."""
    if not report.stances.height:
        return None
    return {
        "intro": stance_page.intro(report, words=words),
        "scenes": stance_page.scenes(report, words=words),
        "summary": stance_page.summary(report, words=words),
        "scored": stance_page.scored(report, words=words),
        "happened": stance_page.happened(report, words=words),
        "none": words.m("stance_no_coded", state=words.said(report.state)),
    }


def _drawn(made: Draft) -> dict[str, dict[str, Any]]:
    return {
        key: {
            "number": i,
            "key": key,
            "caption": f.caption,
            "sources": f.sources,
            "empty": f.empty,
            "table": f.table,
            # The drawings are made by svg.inline, which escapes the one text it adds.
            "drawings": [Markup(svg) for svg in f.drawings],
        }
        for i, (key, f) in enumerate(figures_of(made).items(), start=1)
    }


def _assumptions(report: StateReport, *, words: Words) -> list[tuple[str, str]]:
    return [
        (words.m.pick("assumption", k), words.n.interval(*report.assumptions[k]))
        for k in ("coercion", "cross_pressure", "intolerance")
        if k in report.assumptions
    ]


def _missing(report: StateReport, *, words: Words) -> list[str]:
    return [
        words.m(key, **{k: _spoken(k, v, words=words) for k, v in params.items()}) for key, params in report.missing
    ]


def _spoken(name: str, value: Any, *, words: Words) -> Any:
    """A parameter in words: codes become names, so that a message does not carry codes."""
    if name in ("power", "state", "partner"):
        return words.name(str(value))
    if name in ("channel", "component"):
        return words.m.pick(name, str(value))
    return value if words.lang == "en" or not isinstance(value, str) else value.replace(", ", "、")


def _document(report: StateReport, *, words: Words) -> tables.Table | None:
    return tables.document_shares(report, words=words) if report.document_shares.height else None


def _link(home: str | None) -> str:
    return home if home and home.startswith(("https://", "http://")) else ""
