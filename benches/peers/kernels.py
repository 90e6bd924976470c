"""Peers of the rows that learn nothing: a recurrent cycle (C3), the largest gradients at absent connections (H)."""

import torch
from torch import Tensor

from peer import Kind, Peer
from problems import Absent, Cycle


def cycle_with(held, product):
    """Builds a peer that updates all neurons: `product(held(weights), state)` and a squashing, into kept memory."""

    def build(problem: Cycle):
        matrix, bias = held(problem.weights), torch.zeros(problem.neurons)
        state = torch.linspace(-1, 1, problem.neurons)

        @torch.inference_mode()
        def step() -> None:
            torch.tanh(product(matrix, state, bias), out=state)

        return step

    return build


def csr(weights: Tensor) -> Tensor:
    """32-bit indices: MKL takes them as they are."""
    wide = weights.to_sparse_csr()
    return torch.sparse_csr_tensor(wide.crow_indices().int(), wide.col_indices().int(), wide.values(), wide.shape)


def add_product(matrix: Tensor, state: Tensor, bias: Tensor) -> Tensor:
    return torch.addmv(bias, matrix, state)


def product_then_add(matrix: Tensor, state: Tensor, bias: Tensor) -> Tensor:
    return torch.mv(matrix, state).add_(bias)


def gradients_and_top(problem: Absent):
    deltas, activities = problem.data
    turned = deltas.t()

    @torch.inference_mode()
    def step() -> None:
        (turned @ activities).abs_().flatten().topk(problem.wanted)

    return step


def gradients_and_unsorted_top(problem: Absent):
    deltas, activities = problem.data
    turned, gradients = deltas.t(), torch.empty(problem.posts, problem.pres)

    @torch.inference_mode()
    def step() -> None:
        torch.mm(turned, activities, out=gradients)
        gradients.abs_().flatten().topk(problem.wanted, sorted=False)

    return step


def gradients_over_threshold(problem: Absent):
    """Finds the value that the wanted share exceeds, then the places: two passes and a selection instead of a sort."""
    deltas, activities = problem.data
    turned, gradients = deltas.t(), torch.empty(problem.posts, problem.pres)
    rank = gradients.numel() - problem.wanted + 1

    @torch.inference_mode()
    def step() -> None:
        torch.mm(turned, activities, out=gradients)
        strengths = gradients.abs_().flatten()
        threshold = strengths.kthvalue(rank).values
        (strengths >= threshold).nonzero()

    return step


CYCLES = [
    Peer("torch.sparse CSR", cycle_with(csr, product_then_add)),
    Peer("torch.sparse CSR, added in the product", cycle_with(csr, add_product)),
    Peer("torch.sparse COO", cycle_with(lambda weights: weights.to_sparse_coo().coalesce(), product_then_add)),
    Peer("dense matrix", cycle_with(torch.clone, add_product)),
]
ABSENT = [
    Peer("dense product, topk", gradients_and_top),
    Peer("dense product, topk unsorted, kept memory", gradients_and_unsorted_top),
    Peer("dense product, kthvalue and threshold", gradients_over_threshold, Kind.BY_HAND),
]
