"""How a gradient moves the parameters: SGD, RMSProp and Adam, on all parameters of a network as one flat vector.

All but the learning rate is as PyTorch's defaults have it.
"""

from typing import Protocol

import torch
from torch import Tensor

from model.torch_internals import fused_adam

EPSILON = 1e-8  # keeps the division finite where a gradient is 0


class Optimizer(Protocol):
    """Moves parameters (P,) by a gradient (P,) that is written anew before every step."""

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None: ...

    def step(self, learning_rate: float) -> None:
        """Move the parameters, in place."""
        ...


class SGD:
    """Stochastic gradient descent (H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951)."""

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters, self.gradient = parameters, gradient

    def step(self, learning_rate: float) -> None:
        """Move against the gradient."""
        self.parameters.add_(self.gradient, alpha=-learning_rate)


class RMSProp:
    """Each parameter's gradient, divided by its recent magnitude (T. Tieleman and G. Hinton, "RMSProp", 2012)."""

    decay = 0.99

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.square = torch.zeros_like(parameters)  # running average of the squared gradient

    def step(self, learning_rate: float) -> None:
        """Move against the gradient, at a similar pace for all parameters."""
        self.square.mul_(self.decay).addcmul_(self.gradient, self.gradient, value=1 - self.decay)
        self.parameters.addcdiv_(self.gradient, self.square.sqrt().add_(EPSILON), value=-learning_rate)


class Adam:
    """RMSProp with momentum (D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015).

    With g the gradient, m and v running averages of g and of g^2, and t the number of the step:

        m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
        parameters -= learning_rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
    """

    beta1, beta2 = 0.9, 0.999

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.mean = torch.zeros_like(parameters)
        self.square = torch.zeros_like(parameters)
        self.steps = torch.zeros(())

    def step(self, learning_rate: float) -> None:
        """The three lines above, in one pass over the memory."""
        self.steps.add_(1)
        fused_adam(
            self.parameters,
            self.gradient,
            self.mean,
            self.square,
            self.steps,
            learning_rate,
            self.beta1,
            self.beta2,
            EPSILON,
        )


OPTIMIZERS: dict[str, type[Optimizer]] = {"adam": Adam, "rmsprop": RMSProp, "sgd": SGD}
