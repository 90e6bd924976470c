"""Peers of the streaming rows: a dense network, one gradient step per sample, never the same sample twice in a row."""

from collections.abc import Callable

import torch
from torch import Tensor

from feed_forward import loss_of
from peer import Kind, Peer
from problems import Stream


def own_parameters(problem: Stream, *, learned: bool) -> tuple[list[Tensor], list[Tensor]]:
    """Copies of the weights, and zero biases."""
    weights = [weight.clone().requires_grad_(learned) for weight in problem.layers]
    biases = [torch.zeros(posts, requires_grad=learned) for posts in problem.sizes[1:]]
    return weights, biases


def library_descent(problem: Stream):
    weights, biases = own_parameters(problem, learned=True)
    samples = problem.samples()
    optimizer = torch.optim.SGD(weights + biases, lr=problem.learning_rate, fused=True)

    def step() -> Tensor:
        loss = loss_of(weights, biases, *next(samples))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def bare_descent(problem: Stream):
    """Autograd, and the update as one call without an optimizer's bookkeeping."""
    weights, biases = own_parameters(problem, learned=True)
    parameters, samples = weights + biases, problem.samples()

    def step() -> Tensor:
        loss = loss_of(weights, biases, *next(samples))
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-problem.learning_rate)
        return loss.detach()

    return step


def whole_step_compiled(problem: Stream):
    """Forward, backward and update in one graph."""
    weights, biases = own_parameters(problem, learned=False)
    parameters, samples, count = weights + biases, problem.samples(), len(weights)

    def loss_by_parameters(parameters: list[Tensor], inputs: Tensor, labels: Tensor) -> Tensor:
        return loss_of(parameters[:count], parameters[count:], inputs, labels)

    @torch.compile(fullgraph=True)
    def whole(inputs: Tensor, labels: Tensor) -> Tensor:
        gradients, loss = torch.func.grad_and_value(loss_by_parameters)(parameters, inputs, labels)
        for parameter, gradient in zip(parameters, gradients):
            parameter.add_(gradient, alpha=-problem.learning_rate)
        return loss

    def step() -> Tensor:
        with torch.no_grad():
            return whole(*next(samples))

    return step


def by_hand(problem: Stream):
    """Matrix times vector, its transpose, and a rank-one update in place: no autograd and no gradient in memory."""
    weights, biases = own_parameters(problem, learned=False)
    turned = [weight.t() for weight in weights]
    targets = torch.eye(problem.sizes[-1])
    samples = problem.samples()
    last, rate = len(weights) - 1, problem.learning_rate

    @torch.inference_mode()
    def step() -> Tensor:
        inputs, label = next(samples)
        heard = [inputs[0]]
        for weight, bias in zip(weights[:-1], biases):
            heard.append(torch.addmv(bias, weight, heard[-1]).relu_())
        logs = torch.log_softmax(torch.addmv(biases[last], weights[last], heard[last]), 0)
        delta = logs.exp().sub_(targets[label][0])
        for index in range(last, -1, -1):
            # What the layer below answers for goes by the weights before their update.
            below = torch.mv(turned[index], delta) if index else None
            weights[index].addr_(delta, heard[index], alpha=-rate)
            biases[index].add_(delta, alpha=-rate)
            if index:
                delta = torch.ops.aten.threshold_backward(below, heard[index], 0)
        return -logs[label]

    return step


STREAMING: list[Peer] = [
    Peer("autograd, fused SGD", library_descent),
    Peer("autograd, one bare update", bare_descent),
    Peer("whole step compiled", whole_step_compiled, compiles=True),
    Peer("backward by hand", by_hand, Kind.BY_HAND),
]
