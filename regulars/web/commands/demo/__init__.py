"""A made-up brand to look at: its past comes in as files, then it is played week by week through the same doors."""

from __future__ import annotations

import argparse
import time

from regulars.web.commands import serve
from regulars.web.commands.demo import making

HELP = "show a made-up brand: load its past, play its last weeks, print the report, serve the console"
FORMATS = ("casual", "hot_pot", "tea", "fast_food", "retail")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What kind of brand, how much of it is played, and whether to serve it."""
    parser.add_argument("--once", action="store_true", help="load, play and report, but do not serve")
    parser.add_argument("--format", choices=FORMATS, help="kind of brand (default: casual)")
    parser.add_argument("--small", action="store_true", help="a tenth of the orders, to try things out")
    parser.add_argument(
        "--weeks", type=int, help=f"weeks played before it is shown (default: {making.WEEKS})"
    )
    parser.add_argument("--week", action="store_true", help="play one more week of a demo, and do not serve")
    serve.arguments(parser)


def run(options: argparse.Namespace) -> None:
    """Make what is missing of the demo, then show it; what is there already stays as people left it."""
    from regulars.desk.durability import relaxed
    from regulars.web.commands import report
    from regulars.web.commands.demo import results

    if options.week:
        with relaxed():
            making.one_more()
        return
    if not options.once:
        serve.refuse_a_taken_port(options.host, options.port)
    began = time.monotonic()
    demo = making.chosen(options.format, small=options.small, weeks=options.weeks)
    with relaxed():
        made = making.make(demo)
    if made:
        print(f"Made in {time.monotonic() - began:.0f} s.\n")
    report.show()
    results.show()
    print(f"\n{making.who()}")
    if not options.once:
        serve.run(options)
