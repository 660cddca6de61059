"""`python -m tests.faults.crowd`: many readers in one process, each with a connection of its own, as JSON.

Standard input names what they do (`Task`). Each reader asks for one address after the other and thinks between two.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from tests.installation import HOST, ROOT

HEAD = (
    "GET {address} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: 198.18.0.{reader}\r\nX-Forwarded-Proto: https\r\n"
    "User-Agent: crowd\r\nAccept-Encoding: gzip\r\n\r\n"
)
#: Seconds that a reader waits for an answer.
PATIENCE = 30


@dataclass
class Task:
    """`readers` at a port of this machine for some seconds, who think `think` seconds on average between two pages.

    `pages` are addresses, each with its weight in the choice of the next.
    """

    port: int
    pages: Mapping[str, float]
    seconds: float
    think: float
    readers: int = 200


@dataclass
class Outcome:
    """Seconds that each answer took, and failures by kind."""

    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def percentile(self, percent: int) -> float:
        return sorted(self.times)[len(self.times) * percent // 100] if self.times else 0.0

    def add(self, other: Outcome) -> None:
        self.times += other.times
        self.failures += other.failures


def run(task: Task) -> Outcome:
    """Lets the crowd read in a process of its own, until it is done."""
    command = [sys.executable, "-m", "tests.faults.crowd"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(asdict(task)), stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(done.stdout)
    return Outcome(told["times"], Counter(told["failures"]))


class Reader:
    """One reader with a connection that is kept, and opened anew where the server has closed it."""

    def __init__(self, task: Task, number: int, outcome: Outcome) -> None:
        self._task = task
        self._number = number
        self._outcome = outcome
        self._chance = random.Random(number)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def read(self) -> None:
        """Reads until the time is over; a failure is counted, and the reader goes on."""
        end = time.monotonic() + self._task.seconds
        addresses, weights = list(self._task.pages), list(self._task.pages.values())
        await asyncio.sleep(self._chance.uniform(0, self._task.think))
        while time.monotonic() < end:
            address = self._chance.choices(addresses, weights)[0]
            began = time.monotonic()
            try:
                await asyncio.wait_for(self._ask(address), PATIENCE)
                self._outcome.times.append(time.monotonic() - began)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                self._outcome.failures[f"{type(error).__name__} {error}"[:60]] += 1
                self._hang_up()
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self._task.think)
        self._hang_up()

    async def _ask(self, address: str) -> None:
        """Reads one page whole. Raises OSError, EOFError, or ValueError where the answer is not 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._task.port)
        reader, writer = self._streams
        writer.write(HEAD.format(address=address, host=HOST, reader=self._number).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            raise ValueError(head[9:12].decode())
        if b"connection: close" in head:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read_all(task: Task) -> Outcome:
    outcome = Outcome()
    readers = [Reader(task, number, outcome).read() for number in range(task.readers)]
    await asyncio.gather(*readers)
    return outcome


def main() -> None:
    task = Task(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(_read_all(task)))))


if __name__ == "__main__":
    main()
