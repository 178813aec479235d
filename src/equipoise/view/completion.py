"""What the shell's tab completion offers: states, powers, and additions to a panel."""

from __future__ import annotations


def state(incomplete: str) -> list[tuple[str, str]]:
    """Return the states of today whose code begins so, each with its name; else the names without blanks that do.

    What is typed stays as it is typed, for a shell drops what does not begin so.

    Examples:
        >>> state("ka"), state("Kazakh"), state("eu")
        ([('kaz', 'Kazakhstan')], [('Kazakhstan', 'KAZ')], [('euu', 'European Union')])
    """
    from equipoise.assemble import codes

    wanted = incomplete.lower()
    named = {s: codes.name(s) for s in (*codes.in_system(year=2016), "EUU")}
    small = incomplete.islower()
    coded = [(s.lower() if small else s, n) for s, n in named.items()]
    found = [(s, n) for s, n in coded if s.startswith(incomplete)]
    plain = {s: n.replace(" ", "") for s, n in named.items() if "," not in n}
    begun = [(f"{incomplete}{n[len(incomplete):]}", s) for s, n in plain.items() if n.lower().startswith(wanted)]
    return found or begun


def states(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each state that may end it.

    Examples:
        >>> states("RUS,KA")
        [('RUS,KAZ', 'Kazakhstan')]
    """
    before, comma, last = incomplete.rpartition(",")
    return [(f"{before}{comma}{s}", n) for s, n in state(last)]


def additions(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each addition that may end it.

    Examples:
        >>> [name for name, title in additions("majors,trade_")]
        ['majors,trade_totals', 'majors,trade_agreements']
    """
    from equipoise.assemble.panel import panel_adds

    titles = dict(panel_adds().select("name", "title").iter_rows())
    before, comma, last = incomplete.rpartition(",")
    there = before.split(",")
    return [(f"{before}{comma}{n}", t) for n, t in titles.items() if n.startswith(last) and n not in there]
