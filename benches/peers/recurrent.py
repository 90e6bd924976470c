"""Peers of the recurrent rows: a window unrolled through time, dense with a mask or torch.sparse.

In every peer the products with the outside are one for the whole window; only the recurrent one goes cycle by cycle.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor

from feed_forward import fused_adam
from peer import Kind, Peer
from problems import Connections, Recurrent
from sparse import CsrPattern, Leaf, OwnBackward


class Parameters:
    """A peer's own copy of the first weights; `inner`, if given, is what its optimizer moves of the recurrent ones."""

    def __init__(self, problem: Recurrent, inner: Tensor | None = None):
        self.inner = problem.inner.weights.clone().requires_grad_() if inner is None else inner
        self.into, self.out = (part.clone().requires_grad_() for part in problem.outer)
        self.bias = torch.zeros(problem.neurons, requires_grad=True)

    def all(self) -> list[Tensor]:
        return [self.inner, self.into, self.out, self.bias]


def nothing() -> None:
    """What a peer does before or after its update when there is nothing to be done."""


def train(
    problem: Recurrent, own: Parameters, windows, loss_of: Callable, *, before_update=nothing, after_update=nothing
) -> Callable[[], Tensor]:
    """A step of Adam on `loss_of(drive, target)`."""
    optimizer = fused_adam(own.all(), problem)

    def step() -> Tensor:
        loss = loss_of(*next(windows))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        before_update()
        optimizer.step()
        after_update()
        return loss.detach()

    return step


def train_masked_after(problem: Recurrent, own: Parameters, loss_of: Callable) -> Callable[[], Tensor]:
    """The same, with absent recurrent weights put back to zero after every update."""

    @torch.no_grad()
    def mask() -> None:
        own.inner.mul_(problem.inner.mask)

    return train(problem, own, problem.windows(), loss_of, after_update=mask)


def cell(inner: Tensor, drive: Tensor, state: Tensor) -> Tensor:
    """One cycle, states `[batch][neurons]`."""
    return torch.tanh(torch.addmm(drive, state, inner.t()))


def unrolled(problem: Recurrent, own: Parameters, one_cycle: Callable, present: Callable[[], Tensor]) -> Callable:
    """The loss with a Python loop over the window; `present()` gives the recurrent matrix, once for every window."""

    def loss_of(drive: Tensor, target: Tensor) -> Tensor:
        matrix = present()
        driven = functional.linear(drive, own.into, own.bias).unbind()
        state, states = torch.zeros(problem.batch, problem.neurons), []
        for arriving in driven:
            state = one_cycle(matrix, arriving, state)
            states.append(state)
        return functional.mse_loss(functional.linear(torch.stack(states), own.out), target)

    return loss_of


def masked_in_forward(problem: Recurrent):
    own, mask = Parameters(problem), problem.inner.mask
    return train(problem, own, problem.windows(), unrolled(problem, own, cell, lambda: own.inner * mask))


def masked_after(problem: Recurrent):
    own = Parameters(problem)
    return train_masked_after(problem, own, unrolled(problem, own, cell, lambda: own.inner))


def masked_after_compiled(problem: Recurrent):
    """The cycle is compiled, not the window: unrolled, it takes the compiler minutes."""
    own, compiled = Parameters(problem), torch.compile(cell, fullgraph=True)
    return train_masked_after(problem, own, unrolled(problem, own, compiled, lambda: own.inner))


def library_window(problem: Recurrent):
    """torch.nn.RNN's own loop over the window, in C++, masked after the step."""
    own = Parameters(problem)
    start, no_bias = torch.zeros(1, problem.batch, problem.neurons), torch.zeros(problem.neurons)

    def loss_of(drive: Tensor, target: Tensor) -> Tensor:
        weights = [own.into, own.inner, own.bias, no_bias]
        # Biases, one layer, no dropout, training, one direction, time first.
        states, _ = torch.rnn_tanh(drive, start, weights, True, 1, 0.0, True, False, False)
        return functional.mse_loss(functional.linear(states, own.out), target)

    return train_masked_after(problem, own, loss_of)


class DenseWindow(torch.autograd.Function):
    """The whole window as one operation, states `[window][batch][neurons]`.

    The weights' gradient is one product over all cycles instead of one for each, added up in memory.
    """

    @staticmethod
    def forward(context, inner: Tensor, driven: Tensor) -> Tensor:
        # One cycle of silence in front, so that what a cycle heard is always the one before it.
        states = driven.new_zeros(len(driven) + 1, *driven.shape[1:])
        for cycle, arriving in enumerate(driven.unbind()):
            torch.addmm(arriving, states[cycle], inner.t(), out=states[cycle + 1]).tanh_()
        context.save_for_backward(inner, states)
        return states[1:]

    @staticmethod
    def backward(context, gradient: Tensor):
        inner, states = context.saved_tensors
        deltas = torch.empty_like(gradient)
        carried = torch.zeros_like(deltas[0])
        for cycle in reversed(range(len(deltas))):
            carried.add_(gradient[cycle])
            torch.ops.aten.tanh_backward.grad_input(carried, states[cycle + 1], grad_input=deltas[cycle])
            if cycle:
                torch.mm(deltas[cycle], inner, out=carried)
        return torch.mm(deltas.flatten(0, 1).t(), states[:-1].flatten(0, 1)), deltas


def dense_window(problem: Recurrent):
    own = Parameters(problem)

    def loss_of(drive: Tensor, target: Tensor) -> Tensor:
        states = DenseWindow.apply(own.inner, functional.linear(drive, own.into, own.bias))
        return functional.mse_loss(functional.linear(states, own.out), target)

    return train_masked_after(problem, own, loss_of)


def learner_of(matrix_of: Callable[[Connections], Leaf | OwnBackward]) -> Callable:
    """Builds the peer with a Python loop over products with `matrix_of(connections)`, states `[neurons][batch]`."""

    def build(problem: Recurrent):
        matrix = matrix_of(problem.inner)
        own = Parameters(problem, matrix.values)

        def loss_of(drive: Tensor, target: Tensor) -> Tensor:
            driven = torch.addmm(own.bias[:, None], own.into, drive).split(problem.batch, dim=1)
            state, states = torch.zeros(problem.neurons, problem.batch), []
            for arriving in driven:
                state = torch.tanh(matrix.product(state) + arriving)
                states.append(state)
            return functional.mse_loss(own.out @ torch.cat(states, dim=1), target)

        return train(problem, own, problem.windows_by_feature(), loss_of, before_update=matrix.hand_over_gradient)

    return build


class CsrWindow(torch.autograd.Function):
    """The whole window as one operation on a CSR matrix, `driven` and the states `[window][neurons][batch]`.

    The gradient at the present connections is one sampled product over all cycles.
    """

    @staticmethod
    def forward(context, values: Tensor, pattern: CsrPattern, driven: Tensor) -> Tensor:
        matrix = pattern.matrix(values)
        states = driven.new_zeros(len(driven) + 1, *driven.shape[1:])
        for cycle, arriving in enumerate(driven.unbind()):
            torch.add(torch.sparse.mm(matrix, states[cycle]), arriving, out=states[cycle + 1]).tanh_()
        context.pattern = pattern
        context.save_for_backward(values, states)
        return states[1:]

    @staticmethod
    def backward(context, gradient: Tensor):
        values, states = context.saved_tensors
        pattern = context.pattern
        turned = pattern.transposed(values)
        deltas = torch.empty_like(states[1:])
        carried = torch.zeros_like(deltas[0])
        for cycle in reversed(range(len(deltas))):
            carried.add_(gradient[cycle])
            torch.ops.aten.tanh_backward.grad_input(carried, states[cycle + 1], grad_input=deltas[cycle])
            if cycle:
                carried = torch.sparse.mm(turned, deltas[cycle])
        by_neuron = [part.transpose(0, 1).flatten(1) for part in (deltas, states[:-1])]
        matrix, (heard_by, heard) = pattern.matrix(values), by_neuron
        return torch.sparse.sampled_addmm(matrix, heard_by, heard.t(), beta=0.0).values(), None, deltas


def csr_window(problem: Recurrent):
    pattern = CsrPattern(problem.inner)
    own = Parameters(problem, pattern.gather(problem.inner.weights).requires_grad_())

    def loss_of(drive: Tensor, target: Tensor) -> Tensor:
        driven = torch.addmm(own.bias[:, None], own.into, drive)
        by_cycle = driven.unflatten(1, (problem.window, problem.batch)).transpose(0, 1).contiguous()
        states = CsrWindow.apply(own.inner, pattern, by_cycle)
        return functional.mse_loss(own.out @ states.transpose(0, 1).flatten(1), target)

    return train(problem, own, problem.windows_by_feature(), loss_of)


RECURRENT = [
    Peer("masked in the forward pass, once per window", masked_in_forward),
    Peer("masked after the step", masked_after),
    Peer("torch.nn.RNN, masked after the step", library_window),
    Peer("masked after the step, compiled cycle", masked_after_compiled, compiles=True),
    Peer("masked after the step, backward by hand", dense_window, Kind.BY_HAND),
    Peer("torch.sparse COO", learner_of(Leaf.coo)),
    Peer("torch.sparse CSR", learner_of(Leaf.csr)),
    Peer("torch.sparse CSR, sum reduction", learner_of(Leaf.csr_reduction)),
    Peer("torch.sparse CSR, products by hand", learner_of(OwnBackward), Kind.BY_HAND),
    Peer("torch.sparse CSR, window by hand", csr_window, Kind.BY_HAND),
]
