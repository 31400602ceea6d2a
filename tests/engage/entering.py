"""Workers that let people enter a play at the same time, in a home of their own; prints what there is afterwards."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import timedelta

PEOPLE, WORKERS = 150, 4


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from regulars.engage.actions import run_due
    from regulars.engage.models import Entry, Message, Touch
    from tests.engage import newcomers
    from tests.engage.newcomers import NOW, ON_DAY, WRITE

    newcomers.land()
    for number in range(1, PEOPLE + 1):
        newcomers.newcomer(number)
    later = {"step": "wait", "until": "days", "days": 2}
    newcomers.play(ON_DAY, WRITE, later, WRITE, outcome_days=14)
    gate = threading.Barrier(WORKERS)

    def work() -> None:
        gate.wait()
        try:
            for day in (0, 1, 2, 3):
                run_due(now=NOW + timedelta(days=day), still=lambda: True)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {
        "arms": Counter(Entry.objects.values_list("arm", flat=True)),
        "states": Counter(Entry.objects.filter(arm="treated").values_list("state", flat=True)),
        "held_back": Counter(Touch.objects.filter(state="held_back").values_list("reason", flat=True)),
        "messages": Counter(Counter(Message.objects.values_list("customer", flat=True)).values()),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
