"""Peers of the mini-batch rows that keep a dense matrix: masked before, masked after, dense, and compiled."""

import torch
import torch.nn.functional as functional
from torch import Tensor

from peer import Kind, Peer
from problems import FeedForward


class Parameters:
    """A peer's own copy of the first weights and zero biases, with the masks beside them."""

    def __init__(self, problem: FeedForward):
        self.weights = [layer.weights.clone().requires_grad_() for layer in problem.layers]
        self.biases = [torch.zeros(posts, requires_grad=True) for posts in problem.sizes[1:]]
        self.masks = [layer.mask for layer in problem.layers]

    def all(self) -> list[Tensor]:
        return self.weights + self.biases


def loss_of(weights: list[Tensor], biases: list[Tensor], inputs: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the rectifier network, samples as rows."""
    last = len(weights) - 1
    activity = inputs
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        activity = functional.linear(activity, weight, bias)
        if index < last:
            activity = torch.relu(activity)
    return functional.cross_entropy(activity, labels)


def fused_adam(parameters: list[Tensor], problem) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=problem.learning_rate, fused=True)


def masked_in_forward(problem: FeedForward):
    own, batches = Parameters(problem), problem.batches()
    optimizer = fused_adam(own.all(), problem)

    def step() -> Tensor:
        inputs, labels = next(batches)
        present = [weight * mask for weight, mask in zip(own.weights, own.masks)]
        loss = loss_of(present, own.biases, inputs, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def dense_products(problem: FeedForward, *, loss_function=loss_of, mask_after: bool):
    """The dense step; with `mask_after` it puts absent weights back to zero, which trains what masking before does:
    Adam treats every weight by itself, so what it does to absent ones never reaches the present."""
    own, batches = Parameters(problem), problem.batches()
    optimizer = fused_adam(own.all(), problem)

    def step() -> Tensor:
        inputs, labels = next(batches)
        loss = loss_function(own.weights, own.biases, inputs, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if mask_after:
            with torch.no_grad():
                torch._foreach_mul_(own.weights, own.masks)
        return loss.detach()

    return step


def masked_after(problem: FeedForward):
    return dense_products(problem, mask_after=True)


def dense(problem: FeedForward):
    return dense_products(problem, mask_after=False)


def masked_after_compiled(problem: FeedForward):
    return dense_products(problem, loss_function=torch.compile(loss_of, fullgraph=True), mask_after=True)


def dense_compiled(problem: FeedForward):
    return dense_products(problem, loss_function=torch.compile(loss_of, fullgraph=True), mask_after=False)


def whole_step_compiled(problem: FeedForward):
    """Forward, backward, Adam and the mask in one graph, so that the compiler may fuse the last two into one pass."""
    own = Parameters(problem)
    batches, count = problem.batches(), len(own.weights)
    parameters = [parameter.detach() for parameter in own.all()]
    masks = own.masks if problem.density < 1 else []
    first, second = ([torch.zeros_like(parameter) for parameter in parameters] for _ in range(2))
    steps = torch.zeros(())
    rate, decay_first, decay_second, epsilon = problem.learning_rate, 0.9, 0.999, 1e-8

    def loss_by_parameters(parameters: list[Tensor], inputs: Tensor, labels: Tensor) -> Tensor:
        return loss_of(parameters[:count], parameters[count:], inputs, labels)

    @torch.compile(fullgraph=True)
    def whole(inputs: Tensor, labels: Tensor) -> Tensor:
        gradients, loss = torch.func.grad_and_value(loss_by_parameters)(parameters, inputs, labels)
        steps.add_(1)
        size = rate / (1 - decay_first**steps)
        root = (1 - decay_second**steps).sqrt()
        for index, (parameter, gradient) in enumerate(zip(parameters, gradients)):
            first[index].mul_(decay_first).add_(gradient, alpha=1 - decay_first)
            second[index].mul_(decay_second).addcmul_(gradient, gradient, value=1 - decay_second)
            moved = parameter - size * first[index] / (second[index].sqrt() / root + epsilon)
            parameter.copy_(moved * masks[index] if index < len(masks) else moved)
        return loss

    def step() -> Tensor:
        with torch.no_grad():
            return whole(*next(batches))

    return step


MASKED = [
    Peer("masked in the forward pass", masked_in_forward),
    Peer("masked after the step", masked_after),
    Peer("masked after the step, compiled", masked_after_compiled, compiles=True),
    Peer("masked after the step, whole step compiled", whole_step_compiled, compiles=True),
    Peer("dense", dense, Kind.REFERENCE),
]
DENSE = [
    Peer("dense", dense),
    Peer("dense, compiled", dense_compiled, compiles=True),
    Peer("dense, whole step compiled", whole_step_compiled, compiles=True),
]
