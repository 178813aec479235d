"""What the shell's tab completion offers: states, powers, additions to a panel, and names of measures."""

from __future__ import annotations

from collections.abc import Mapping

COMPONENTS = {
    "pooled": "of all components", "ideal_points": "distance in UN votes", "sanctions": "in force",
    "alliances": "opposed alliances", "disputes": "militarised disputes", "strategic": "strategic rivalry",
}
SIMILARITIES = {
    "S": "Signorino and Ritter 1999", "S2": "squared distances", "kappa": "Cohen 1968, squared weights",
    "pi": "Scott 1955, squared weights", "pi_nominal": "Scott 1955", "agreement": "share of equal entries",
}
SETS = {"majors": "major powers", "all": "all states"}


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


def body(incomplete: str) -> list[tuple[str, str]]:
    """Return the organisations of the dated registry whose code begins so, each with its name.

    What is typed stays as it is typed, for a shell drops what does not begin so.

    Examples:
        >>> body("cst"), body("SC")
        ([('cst', 'Collective Security Treaty'), ('csto', 'Collective Security Treaty Organization')], [('SCO', ...)])
    """
    from equipoise.assemble.organisations import bodies

    small = incomplete.islower()
    coded = [(o.lower() if small else o, n) for o, n in bodies().select("organisation", "name_en").iter_rows()]
    return [(o, n) for o, n in coded if o.startswith(incomplete)]


def kinds(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each kind of tie that may end it.

    >>> kinds("member,obs")
    [('member,observer', 'observer')]
    """
    from equipoise.assemble.organisations import KINDS

    return _listed({kind: kind.replace("_", " ") for kind in KINDS}, incomplete)


def region(incomplete: str) -> list[tuple[str, str]]:
    """Return the regions that begin so: those of document 004 with their names, then those of UN M49.

    >>> region("F")
    [('FRONT', 'Front: Belarus and Ukraine'), ('FLANK', 'Flank: the South Caucasus')]
    """
    from equipoise.assemble import codes
    from equipoise.assemble.interests import regions

    own = list(regions().select("region", "name_en").iter_rows())
    world = [(name, "UN M49") for name in codes.states()["region"].unique().sort()]
    return [(name, what) for name, what in (*own, *world) if name.startswith(incomplete)]


def event_kinds(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each kind of event that may end it.

    >>> event_kinds("vote,sa")
    [('vote,sanctions', 'sanctions')]
    """
    from equipoise.assemble.events import KINDS

    return _listed({kind: kind for kind in KINDS}, incomplete)


def weights(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each component of rivalry that may follow, ready for its weight.

    Examples:
        >>> weights("sanctions=2,al")
        [('sanctions=2,alliances=', 'opposed alliances')]
    """
    before, comma, last = incomplete.rpartition(",")
    named = ((name, title) for name, title in COMPONENTS.items() if name != "pooled" and f"{name}=" not in before)
    return [(f"{before}{comma}{name}=", title) for name, title in named if name.startswith(last)]


def additions(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each addition that may end it.

    Examples:
        >>> [name for name, title in additions("majors,trade_")]
        ['majors,trade_totals', 'majors,trade_agreements']
    """
    from equipoise.assemble.panel import panel_adds

    return _listed(dict(panel_adds().select("name", "title").iter_rows()), incomplete)


def components(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each component of rivalry that may end it.

    >>> components("pooled,s")
    [('pooled,sanctions', 'in force'), ('pooled,strategic', 'strategic rivalry')]
    """
    return _listed(COMPONENTS, incomplete)


def similarities(incomplete: str) -> list[tuple[str, str]]:
    """Return the list so far with each measure of similarity that may end it.

    >>> [name for name, what in similarities("S,pi")]
    ['S,pi', 'S,pi_nominal']
    """
    return _listed(SIMILARITIES, incomplete)


def among(incomplete: str) -> list[tuple[str, str]]:
    """Return the named sets of states, or the list so far with each state that may end it.

    >>> among("maj"), among("RUS,KA")
    ([('majors', 'major powers')], [('RUS,KAZ', 'Kazakhstan')])
    """
    return [(n, what) for n, what in SETS.items() if n.startswith(incomplete)] or states(incomplete)


def scenario(incomplete: str) -> list[str]:
    """Return the ready scenarios whose id begins so.

    >>> scenario("russia")
    ['russia-2014', 'russia-2022']
    """
    from equipoise.simulate.scenario import ready

    return [name for name in ready() if name.startswith(incomplete)]


def crisis(incomplete: str) -> list[str]:
    """Return the ready crises whose key begins so.

    >>> crisis("kazakh")
    ['kazakhstan-2022']
    """
    from equipoise.assemble.crises import ready

    return [key for key in ready() if key.startswith(incomplete)]


def _listed(names: Mapping[str, str], incomplete: str) -> list[tuple[str, str]]:
    before, comma, last = incomplete.rpartition(",")
    there = before.split(",")
    return [(f"{before}{comma}{n}", what) for n, what in names.items() if n.startswith(last) and n not in there]
