"""Who is engaged with rivals at once? The hedging score of every state, 2014, and what it is made of.

The score is 0 with one partner or without rivalry, 1 with equal shares of powers that are all fully rival. It counts
ties, not intentions, and does not find the hedgers of the literature: see docs/explanation/hedging.md, also for the
second score, equidistance, a column of the same frame.

Run it with `python examples/hedging.py` (seconds, no network; it writes no file).

Sources: Correlates of War (trade, organisations), ATOP 5 (alliances), UN roll calls, and those of rivalry; `equipoise
data status` lists them.
"""

from __future__ import annotations

import polars as pl

from equipoise.pipeline import engagement_of

YEAR, SHOWN = 2014, 12
WHO = ("KAZ", "UZB", "MNG", "BLR", "SGP", "CAN")


def ranking(year: int = YEAR) -> pl.DataFrame:
    """States with all four channels in a year, by their hedging score, with its rank."""
    frame = engagement_of(since=year, until=year, draws=50).filter(pl.col("channels") == 4)
    return frame.sort("hedging", descending=True).with_row_index("rank", offset=1)


def line(row: dict[str, float]) -> str:
    """A state's rank, score with its 90 % interval, what goes to powers, spread and straddle."""
    return (
        f"{row['rank']:5d}  {row['state']}   {row['hedging']:.2f} ({row['hedging_low']:.2f}–{row['hedging_high']:.2f})"
        f"{1 - row['share_0']:11.2f}{row['spread']:9.2f}{row['straddle']:10.2f}"
    )


def main() -> None:
    states = ranking()
    print(f"{states.height} states, {YEAR}\n\n rank  state  hedging         to powers   spread  straddle")
    for row in states.head(SHOWN).iter_rows(named=True):
        print(line(row))
    print("  ...")
    for row in states.filter(pl.col("state").is_in(WHO), pl.col("rank") > SHOWN).iter_rows(named=True):
        print(line(row))


if __name__ == "__main__":
    main()
