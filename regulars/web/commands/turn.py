"""One turn of all customers, by hand or, with --if-due, as the work starts it."""

from __future__ import annotations

import argparse

HELP = "take one turn: identify, know and measure everything that landed"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to start over; the rest is no person's."""
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="compute everything anew from the facts, with the same result; customers keep their numbers",
    )
    parser.add_argument("--if-due", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> None:
    """Turn once and print the seconds of each stage."""
    from regulars import clock

    if not options.if_due:
        turn(rebuild=options.rebuild)
        return
    from regulars import work
    from regulars.desk.locks import writing

    with writing("turn"):
        if any(task.arguments[0] == "turn" for task in work.due(work.look(), now=clock.now())):
            turn()


def turn(*, rebuild: bool = False) -> None:
    """Take a turn at the brand's clock, with its progress on a terminal."""
    from regulars import clock
    from regulars.turn import turn as take
    from regulars.web.progress import shown

    with shown("turn") as progress:
        done = take(now=clock.now(), progress=progress, rebuild=rebuild)
    seconds = ", ".join(f"{stage} {each:.1f}" for stage, each in done.seconds.items())
    print(f"turned in {sum(done.seconds.values()):.1f} s ({seconds}); figures as of {done.as_of}")
