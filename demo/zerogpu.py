"""Hugging Face's ZeroGPU Spaces start only what asks for their GPU at least once. Imported first, as it wants to be.

The network is far too small to gain anything from a GPU: it is trained and run on the CPU there as anywhere else.
"""

import os

if os.environ.get("SPACES_ZERO_GPU"):
    import spaces

    @spaces.GPU
    def gpu_name() -> str:
        """What the Space lent us."""
        import torch

        return torch.cuda.get_device_name()
