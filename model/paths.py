"""Where things are: in the repository, and beside it."""

from pathlib import Path

ROOT = Path(__file__).parent.parent

ASSETS = ROOT / "assets"
STROKES = ASSETS / "data" / "strokes.npz"  # drawings by people, and templates
PRETRAINED = ASSETS / "data" / "pretrained.pt"  # the default recipe's network
BASELINE = ASSETS / "data" / "baseline.pt"  # the baseline recipe's, to compare with

CHECKPOINT = ROOT / "checkpoints" / "mlp.pt"
DATA = ROOT / "data"

# Three hundred digits each, for the page.
MINI_SETS = tuple(ASSETS / "data" / f"mini-{kind}-set.bin" for kind in ("validation", "test"))
