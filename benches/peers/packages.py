"""Peers out of sparse-training packages with CPU kernels: sparseprop and sparselab."""

import os

import torch
import torch.nn.functional as functional
from torch import Tensor

from feed_forward import fused_adam
from peer import Peer, Unavailable
from problems import FeedForward


def train_layers(problem: FeedForward, layers: torch.nn.Module):
    batches = problem.batches()
    optimizer = fused_adam(list(layers.parameters()), problem)

    def step() -> Tensor:
        inputs, labels = next(batches)
        loss = functional.cross_entropy(layers(inputs), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def rectified(layers: list[torch.nn.Module]) -> torch.nn.Sequential:
    """The layers with a rectifier between each two."""
    parts = [part for layer in layers for part in (layer, torch.nn.ReLU())]
    return torch.nn.Sequential(*parts[:-1])


def sparseprop_layers(problem: FeedForward):
    """Nikdan et al., "SparseProp: efficient sparse backpropagation for faster training of neural networks", 2023."""
    try:
        from sparseprop.modules import SparseLinear
    except ImportError as error:
        raise Unavailable(f"sparseprop is not installed ({error})") from error
    biases = [torch.nn.Parameter(torch.zeros(posts)) for posts in problem.sizes[1:]]
    layers = [SparseLinear(layer.weights, bias) for layer, bias in zip(problem.layers, biases)]
    return train_layers(problem, rectified(layers))


class SparselabLinear(torch.nn.Module):
    """sparselab's product on given connections; its own layer draws its connections itself and pads every row.

    Features are rows, which is what its kernels take: its own layer transposes before and after each product.
    """

    def __init__(self, weights: Tensor):
        super().__init__()
        from sparselab import layout, ops

        self.product = ops._SpMMFunction.apply
        self.held = layout.from_dense(weights, padding_ratio=0.0)
        # The parameter shares the memory of the package's values: the optimizer writes where the kernels read.
        self.values = torch.nn.Parameter(torch.from_numpy(self.held.values))
        self.bias = torch.nn.Parameter(torch.zeros(len(weights), 1))

    def forward(self, right: Tensor) -> Tensor:
        return self.product(self.values, self.held, right, "simd") + self.bias


class BySample(torch.nn.Module):
    """Turns samples into columns for the layers inside and back."""

    def __init__(self, inner: torch.nn.Module):
        super().__init__()
        self.inner = inner

    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs.t().contiguous()).t()


def sparselab_layers(problem: FeedForward):
    # The package brings an OpenMP of its own, which reads its thread count from the environment when it is loaded.
    os.environ["OMP_NUM_THREADS"] = str(torch.get_num_threads())
    try:
        layers = [SparselabLinear(layer.weights) for layer in problem.layers]
    except ImportError as error:
        raise Unavailable(f"sparselab is not installed ({error})") from error
    return train_layers(problem, BySample(rectified(layers)))


PACKAGES = [Peer("sparseprop", sparseprop_layers), Peer("sparselab", sparselab_layers)]
