"""Names for the few kinds of thing that every module passes around."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Any NumPy array; the docstring says its shape.
Array = NDArray[Any]

#: Integer class labels of shape ``(n,)``.
Labels = NDArray[np.integer[Any]]

#: ``loss(outputs, targets) -> (mean loss, gradient)``.
LossFunction = Callable[[Array, Array], tuple[float, Array]]

#: ``init(fan_in, fan_out, rng) -> weights of shape (fan_in, fan_out)``.
Initializer = Callable[[int, int, np.random.Generator], Array]

#: ``schedule(step) -> learning rate``; the first step is step 0.
Schedule = Callable[[int], float]
