"""What every test file shares: a seeded generator and hypothesis' profile."""

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile(
    "plainnet", deadline=None, derandomize=True, max_examples=60
)
settings.load_profile("plainnet")


@pytest.fixture
def rng():
    """Give a generator that starts from the same state in every test."""
    return np.random.default_rng(20)
