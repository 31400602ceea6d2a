"""100,000 e-mails to an SMTP sink on loopback: how many a second, in how much memory, and is none doubled or lost.

`python -m benchmarks.outbox [MESSAGES]`. The sink and the worker are processes of their own; the worker asks consent,
complaint, cap, hold-out and quiet hours of each at its claim, as it always does.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
        environment["REGULARS_HOME"] = home
        sink = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.outbox", "--sink"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert sink.stdout is not None
            port = int(sink.stdout.readline())
            command = [sys.executable, "-m", "benchmarks.outbox", "--send", str(port), str(count)]
            told = json.loads(subprocess.run(
                command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)  # fmt: skip
            with smtplib.SMTP("127.0.0.1", port) as asked:
                came, distinct = (int(each) for each in asked.docmd("NOOP")[1].split())
        finally:
            sink.terminate()
            sink.wait()
    print(
        f"{told['sent']:,} sent in {told['seconds']:.1f} s: {told['sent'] / told['seconds']:,.0f} a second, "
        f"peak {told['mebibytes']:.0f} MiB; the sink has {came:,}, {distinct:,} of them different"
    )
    print(f"{told['spared']:,} in the hold-out were left alone; {told['touches']:,} touches")
    assert came == distinct == told["sent"]
    assert told["sent"] + told["spared"] == told["touches"] == count


async def _sink() -> None:
    """SMTP as far as a client needs it; NOOP tells how many mails came, and how many Message-IDs there were."""
    seen: set[bytes] = set()
    came = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                came += 1
                seen.add(mail.partition(b"Message-ID: ")[2].partition(b"\r\n")[0])
            if verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(f"250 {came} {len(seen)}\r\n".encode() if verb == b"NOOP" else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _send(port: int, count: int) -> None:
    from benchmarks import _guests

    _guests.ready()
    from regulars.engage.actions import sending
    from regulars.engage.models import Message, Touch

    _guests.invite(count, "email")
    _guests.let_out("email", host="127.0.0.1", port=port, security="none", sender="hello@brand.example")
    rows: Iterator[Message] = (
        Message(
            key=f"benchmark|{number}", customer=number, channel="email", purpose="marketing",
            address_hash=_guests.address_hash(number, "email"), subject="Come back", body="Hello.\n" * 20,
            due_at=_guests.NOON, token=f"token{number}",
        )
        for number in range(1, count + 1)
    )  # fmt: skip
    while chunk := list(islice(rows, 500)):
        Message.objects.bulk_create(chunk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    sending.run(now=_guests.NOON, still=lambda: True)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    states = dict.fromkeys(("sent", "spared"), 0)
    for state in states:
        states[state] = Message.objects.filter(state=state).count()
    told = {"seconds": seconds, "mebibytes": max(before, after) / 1024, "touches": Touch.objects.count()}
    print(json.dumps(states | told))


if __name__ == "__main__":
    if "--sink" in sys.argv:
        asyncio.run(_sink())
    elif "--send" in sys.argv:
        _send(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
