"""The work of the rows: shapes, first weights, masks and data, from one seed: every peer starts at the same bits.

Peers copy what they change. Weights are `[post][pre]`, float32, and zero where a connection is absent.
"""

import gzip
import itertools
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

SEED = 7
MNIST = "MNIST pixels over 255"
STAND_IN = "uniform stand-in, 19 % not zero"


def generator() -> torch.Generator:
    """A fresh stream of the one seed."""
    return torch.Generator().manual_seed(SEED)


@dataclass(frozen=True)
class Connections:
    """One matrix of weights `[post][pre]` and its mask, 1 where a connection is present."""

    weights: Tensor
    mask: Tensor

    @staticmethod
    def random(posts: int, pres: int, density: float, stream: torch.Generator) -> "Connections":
        mask = (torch.rand(posts, pres, generator=stream) < density).float()
        weights = torch.randn(posts, pres, generator=stream) / (pres * density) ** 0.5
        return Connections(weights * mask, mask)


@dataclass(frozen=True)
class FeedForward:
    """A rectifier network with cross-entropy, trained on mini-batches by Adam (rows A)."""

    sizes: tuple[int, ...]
    density: float
    batch: int
    learning_rate: float = 1e-3
    batches_held: int = 8

    @cached_property
    def layers(self) -> list[Connections]:
        stream = generator()
        pairs = zip(self.sizes, self.sizes[1:])
        return [Connections.random(posts, pres, self.density, stream) for pres, posts in pairs]

    @cached_property
    def data(self) -> list[tuple[Tensor, Tensor]]:
        """Pairs of inputs `[batch][features]` and labels `[batch]`."""
        stream = generator()
        shape = (self.batches_held, self.batch)
        inputs = torch.randn(*shape, self.sizes[0], generator=stream)
        labels = torch.randint(0, self.sizes[-1], shape, generator=stream)
        return list(zip(inputs.unbind(), labels.unbind()))

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches with samples as rows, for ever."""
        return itertools.cycle(self.data)

    def batches_by_feature(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The same with features as rows, the layout sparse products want."""
        return itertools.cycle([(inputs.t().contiguous(), labels) for inputs, labels in self.data])


@dataclass(frozen=True)
class Recurrent:
    """Sparse recurrent tanh neurons, fully connected to and from the outside, squared error, Adam (rows B)."""

    neurons: int
    inputs: int
    outputs: int
    density: float
    window: int
    batch: int
    learning_rate: float = 1e-3
    windows_held: int = 2

    @cached_property
    def inner(self) -> Connections:
        return Connections.random(self.neurons, self.neurons, self.density, generator())

    @cached_property
    def outer(self) -> tuple[Tensor, Tensor]:
        """Weights from the inputs `[neurons][inputs]` and to the outputs `[outputs][neurons]`."""
        stream = generator()
        into = torch.randn(self.neurons, self.inputs, generator=stream) / self.inputs**0.5
        out = torch.randn(self.outputs, self.neurons, generator=stream) / self.neurons**0.5
        return into, out

    @cached_property
    def data(self) -> list[tuple[Tensor, Tensor]]:
        """Pairs of drive `[window][batch][inputs]` and target `[window][batch][outputs]`."""
        stream = generator()
        shape = (self.windows_held, self.window, self.batch)
        drive = torch.randn(*shape, self.inputs, generator=stream)
        target = torch.randn(*shape, self.outputs, generator=stream)
        return list(zip(drive.unbind(), target.unbind()))

    def windows(self) -> Iterator[tuple[Tensor, Tensor]]:
        return itertools.cycle(self.data)

    def windows_by_feature(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Drive `[inputs][window × batch]` and target `[outputs][window × batch]`."""
        return itertools.cycle([tuple(part.flatten(0, 1).t().contiguous() for part in pair) for pair in self.data])


@dataclass(frozen=True)
class Stream:
    """A dense rectifier network that takes one plain gradient step on every sample (rows C1, C1m, C2)."""

    sizes: tuple[int, ...]
    pixels: bool = False
    learning_rate: float = 1e-3
    samples_held: int = 4096

    @cached_property
    def layers(self) -> list[Tensor]:
        stream = generator()
        pairs = zip(self.sizes, self.sizes[1:])
        return [torch.randn(posts, pres, generator=stream) / pres**0.5 for pres, posts in pairs]

    @property
    def input_name(self) -> str:
        if not self.pixels:
            return "Gaussian"
        return STAND_IN if mnist_folder() is None else MNIST

    @cached_property
    def data(self) -> tuple[Tensor, Tensor]:
        """Inputs `[sample][features]` and labels `[sample]`."""
        if self.pixels and (folder := mnist_folder()) is not None:
            images = read_idx(folder, "train-images-idx3-ubyte", self.samples_held).flatten(1)
            return images.float() / 255, read_idx(folder, "train-labels-idx1-ubyte", self.samples_held).long()
        stream = generator()
        shape = (self.samples_held, self.sizes[0])
        labels = torch.randint(0, self.sizes[-1], shape[:1], generator=stream)
        if not self.pixels:
            return torch.randn(shape, generator=stream), labels
        lit = torch.rand(shape, generator=stream) < 0.19
        return torch.rand(shape, generator=stream) * lit, labels

    def samples(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches of one: inputs `[1][features]`, labels `[1]`."""
        inputs, labels = self.data
        return itertools.cycle(list(zip(inputs.split(1), labels.split(1))))


@dataclass(frozen=True)
class Cycle:
    """One update of every neuron of a recurrent network with a fixed fan-in, nothing learned (row C3)."""

    neurons: int
    fan_in: int

    @cached_property
    def weights(self) -> Tensor:
        """`[post][pre]`, `fan_in` entries in every row."""
        stream = generator()
        chosen = torch.rand(self.neurons, self.neurons, generator=stream).topk(self.fan_in).indices
        drawn = torch.randn(self.neurons, self.fan_in, generator=stream) / self.fan_in**0.5
        return torch.zeros(self.neurons, self.neurons).scatter_(1, chosen, drawn)

    @property
    def events(self) -> int:
        """Connections that carry a value in one cycle."""
        return self.neurons * self.fan_in


@dataclass(frozen=True)
class Absent:
    """The largest gradients among all pairs of a layer that could connect (row H)."""

    posts: int
    pres: int
    batch: int
    share: float

    @cached_property
    def data(self) -> tuple[Tensor, Tensor]:
        """Deltas `[batch][posts]` and activities `[batch][pres]`."""
        stream = generator()
        return tuple(torch.randn(self.batch, width, generator=stream) for width in (self.posts, self.pres))

    @property
    def wanted(self) -> int:
        return round(self.posts * self.pres * self.share)


def mnist_folder() -> Path | None:
    """`$LIVENET_DATA/mnist`, or None where the variable is unset or the folder missing."""
    root = os.environ.get("LIVENET_DATA")
    folder = Path(root, "mnist") if root else None
    return folder if folder is not None and folder.is_dir() else None


def read_idx(folder: Path, name: str, count: int) -> Tensor:
    """The first `count` items of an IDX file of bytes, packed or not: u8 `[item][...]`."""
    packed = folder / f"{name}.gz"
    with gzip.open(packed) if packed.exists() else open(folder / name, "rb") as file:
        zeros, kind, rank = struct.unpack(">HBB", file.read(4))
        if (zeros, kind) != (0, 8):
            raise ValueError(f"{file.name}: not an IDX file of bytes (it opens with {zeros}, {kind}; expected 0, 8)")
        held, *shape = struct.unpack(f">{rank}I", file.read(4 * rank))
        shape = (min(count, held), *shape)
        wanted = torch.Size(shape).numel()
        content = bytearray(file.read(wanted))
        if len(content) != wanted:
            raise ValueError(f"{file.name}: ends after {len(content)} of {wanted} bytes")
    return torch.frombuffer(content, dtype=torch.uint8).reshape(shape)
