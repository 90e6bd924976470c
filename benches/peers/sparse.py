"""Peers of the mini-batch rows that hold only what is present: torch.sparse, COO and CSR.

Everything is `[feature][sample]` here, since sparse products want the matrix on the left.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor

from feed_forward import fused_adam
from peer import Kind, Peer
from problems import Connections, FeedForward


class CsrPattern:
    """Where the present connections of a matrix lie, by row and by column, in 32-bit indices as MKL takes them.

    The matrix and its transpose keep their own values; `order` says which value of the first each of the second is.
    """

    def __init__(self, connections: Connections):
        present = connections.mask.to_sparse_csr()
        self.shape = tuple(present.shape)
        self.row_starts, self.columns = present.crow_indices().int(), present.col_indices().int()
        numbered = torch.sparse_csr_tensor(
            present.crow_indices(), present.col_indices(), torch.arange(present.values().numel()), self.shape
        )
        turned = numbered.to_sparse_coo().t().coalesce()
        self.order = turned.values()
        starts = torch._convert_indices_from_coo_to_csr(turned.indices()[0], self.shape[1], out_int32=True)
        self._transposed = torch.sparse_csr_tensor(
            starts, turned.indices()[1].int(), torch.zeros(self.order.numel()), self.shape[::-1]
        )

    def gather(self, dense: Tensor) -> Tensor:
        """The present entries of a dense matrix, in row order."""
        rows = torch.repeat_interleave(torch.arange(self.shape[0]), self.row_starts.diff().long())
        return dense[rows, self.columns.long()].clone()

    def matrix(self, values: Tensor) -> Tensor:
        """The CSR matrix over `values`, whose memory it shares."""
        return torch.sparse_csr_tensor(self.row_starts, self.columns, values, self.shape, check_invariants=False)

    def transposed(self, values: Tensor) -> Tensor:
        """The transposed CSR matrix, refreshed from `values`."""
        torch.index_select(values, 0, self.order, out=self._transposed.values())
        return self._transposed


class CsrProduct(torch.autograd.Function):
    """`W @ x` whose backward pass multiplies by a kept transpose and computes the gradient at present connections only.

    PyTorch's own backward transposes the matrix anew in every step and, for COO, computes the dense gradient first.
    """

    @staticmethod
    def forward(context, values: Tensor, pattern: CsrPattern, right: Tensor) -> Tensor:
        context.save_for_backward(values, right)
        context.pattern = pattern
        return torch.sparse.mm(pattern.matrix(values), right)

    @staticmethod
    def backward(context, gradient: Tensor):
        values, right = context.saved_tensors
        pattern = context.pattern
        gradient = gradient.contiguous()
        by_values = torch.sparse.sampled_addmm(pattern.matrix(values), gradient, right.t(), beta=0.0).values()
        by_right = torch.sparse.mm(pattern.transposed(values), gradient) if context.needs_input_grad[2] else None
        return by_values, None, by_right


class Leaf:
    """A sparse matrix that is itself autograd's leaf, as the library has it; Adam works on its values in place.

    Keeping the values as the leaf, and building the matrix over them in every step, takes longer.
    """

    def __init__(self, matrix: Tensor, *reduction: str):
        self.values = matrix.detach()._values() if matrix.layout == torch.sparse_coo else matrix.detach().values()
        self.matrix = matrix.requires_grad_()
        self.reduction = reduction

    @staticmethod
    def coo(connections: Connections) -> "Leaf":
        return Leaf(connections.weights.to_sparse_coo().coalesce())

    @staticmethod
    def csr(connections: Connections) -> "Leaf":
        pattern = CsrPattern(connections)
        return Leaf(pattern.matrix(pattern.gather(connections.weights)))

    @staticmethod
    def csr_reduction(connections: Connections) -> "Leaf":
        """The product as a sum over neighbours, PyTorch's kernel for graphs, with a sparse backward pass of its own."""
        pattern = CsrPattern(connections)
        return Leaf(pattern.matrix(pattern.gather(connections.weights)), "sum")

    def product(self, right: Tensor) -> Tensor:
        return torch.sparse.mm(self.matrix, right, *self.reduction)

    def hand_over_gradient(self) -> None:
        """Gives the matrix's gradient to its values, once the backward pass is over."""
        gradient, self.matrix.grad = self.matrix.grad, None
        self.values.grad = gradient.coalesce().values() if gradient.layout == torch.sparse_coo else gradient.values()


class OwnBackward:
    """Present values as the leaf, multiplied by `CsrProduct`; the same members as `Leaf`."""

    def __init__(self, connections: Connections):
        self.pattern = CsrPattern(connections)
        self.values = self.pattern.gather(connections.weights).requires_grad_()

    def product(self, right: Tensor) -> Tensor:
        return CsrProduct.apply(self.values, self.pattern, right)

    def hand_over_gradient(self) -> None:
        """Nothing to do: it is there already."""


def learner_of(matrix_of: Callable[[Connections], Leaf | OwnBackward]) -> Callable:
    """Builds the peer whose layers are `matrix_of(connections)`."""

    def build(problem: FeedForward):
        matrices = [matrix_of(layer) for layer in problem.layers]
        biases = [torch.zeros(posts, 1, requires_grad=True) for posts in problem.sizes[1:]]
        batches = problem.batches_by_feature()
        optimizer = fused_adam([matrix.values for matrix in matrices] + biases, problem)
        last = len(matrices) - 1

        def step() -> Tensor:
            activity, labels = next(batches)
            for index, (matrix, bias) in enumerate(zip(matrices, biases)):
                activity = matrix.product(activity) + bias
                if index < last:
                    activity = torch.relu(activity)
            loss = functional.cross_entropy(activity.t(), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            for matrix in matrices:
                matrix.hand_over_gradient()
            optimizer.step()
            return loss.detach()

        return step

    return build


SPARSE = [
    Peer("torch.sparse COO", learner_of(Leaf.coo)),
    Peer("torch.sparse CSR", learner_of(Leaf.csr)),
    Peer("torch.sparse CSR, sum reduction", learner_of(Leaf.csr_reduction)),
    Peer("torch.sparse CSR, backward by hand", learner_of(OwnBackward), Kind.BY_HAND),
]
