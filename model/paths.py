"""Where things are: in the repository, and beside it."""

from pathlib import Path

ROOT = Path(__file__).parent.parent

ASSETS = ROOT / "assets"
STYLES = ASSETS / "data" / "styles.json"  # templates of digits
NEGATIVES = ASSETS / "data" / "negatives.json"  # templates of letters and symbols, to train the detector on
UNSEEN = ASSETS / "data" / "unseen.json"  # templates that nothing is trained on, to measure the detector with
PRETRAINED = ASSETS / "data" / "pretrained.pt"  # the default recipe's network
BASELINE = ASSETS / "data" / "baseline.pt"  # the baseline recipe's, to compare with

CHECKPOINT = ROOT / "checkpoints" / "mlp.pt"
DATA = ROOT / "data"

SHARED = ROOT.parent / "shared"
# Inside the folder of shared data, wherever it is:
MINI_TEST_SET = ASSETS / "data" / "mini-test-set.bin"
PEN_STROKES = Path("data/pen-strokes/pendigits-train.unipen.gz")
LETTERS = Path("data/pen-strokes/letters.json.gz")
