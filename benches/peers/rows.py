"""The table's rows that have a peer in PyTorch: what is to be done, who does it, on how many threads it is tried."""

from dataclasses import dataclass, field

from feed_forward import DENSE, MASKED
from kernels import ABSENT, CYCLES
from packages import PACKAGES
from peer import Peer
from problems import Absent, Cycle, FeedForward, Recurrent, Stream
from recurrent import RECURRENT
from sparse import SPARSE
from streaming import STREAMING


@dataclass(frozen=True)
class Row:
    """`alone_too`: steps so short that threads may cost more than they bring, so one thread is tried as well.
    `notes` goes into every line of the row."""

    name: str
    problem: object
    peers: list[Peer]
    alone_too: bool = False
    notes: dict = field(default_factory=dict)

    def thread_counts(self, threads: int) -> list[int]:
        return sorted({1, threads}) if self.alone_too else [threads]


def stream(name: str, problem: Stream) -> Row:
    return Row(name, problem, STREAMING, alone_too=True, notes={"input": problem.input_name})


LAYERS = (784, 1000, 1000, 10)
SMALL, LARGE = (784, 100, 100, 100, 10), (784, 2000, 2000, 2000, 10)

ROWS = [
    Row("A1", FeedForward(LAYERS, density=0.10, batch=64), MASKED + SPARSE + PACKAGES),
    Row("A2", FeedForward(LAYERS, density=0.02, batch=64), MASKED + SPARSE + PACKAGES),
    Row("A3", FeedForward(LAYERS, density=1.0, batch=64), DENSE),
    Row("B1", Recurrent(2048, inputs=64, outputs=16, density=0.05, window=32, batch=32), RECURRENT),
    Row("B2", Recurrent(256, inputs=16, outputs=8, density=0.20, window=64, batch=32), RECURRENT, alone_too=True),
    stream("C1", Stream(SMALL)),
    stream("C1m", Stream(SMALL, pixels=True)),
    stream("C2", Stream(LARGE)),
    Row("C3", Cycle(neurons=1000, fan_in=50), CYCLES, alone_too=True),
    Row("H", Absent(posts=1000, pres=1000, batch=64, share=0.01), ABSENT),
]
