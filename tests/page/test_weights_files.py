"""Networks trained elsewhere, opened in the page; and the page's own, opened elsewhere."""

import base64
import io
import json
import struct
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.page.test_engine import engine as engine  # a page with the modules as they are in assets/

READ = """async (base64) => {
  const { readNetwork } = await import("/engine/weights-files.js");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    const network = await readNetwork(new Blob([bytes]));
    const numbers = new Uint8Array(network.parameters.buffer);
    return { ...network, parameters: btoa(Array.from(numbers, (byte) => String.fromCharCode(byte)).join("")) };
  } catch (error) {
    return error.name === "Error" ? error.message : `${error}`;
  }
}"""
Arrays = dict[str, np.ndarray]


def read(page: Page, content: bytes) -> Any:
    return page.evaluate(READ, base64.b64encode(content).decode())


def arrays(widths: list[int], dtype: str = "float32") -> Arrays:
    """Random weights and biases of a network, named as in an nn.Sequential."""
    random = np.random.default_rng(0)
    made = {}
    for i, (inputs, outputs) in enumerate(pairwise(widths)):
        made[f"{2 * i + 1}.weight"] = random.normal(size=(outputs, inputs)).astype(dtype)
        made[f"{2 * i + 1}.bias"] = random.normal(size=outputs).astype(dtype)
    return made


def npz(some: Arrays, save: Any = np.savez) -> bytes:
    file = io.BytesIO()
    save(file, **some)
    return file.getvalue()


def safetensors(some: Arrays, metadata: dict[str, str] | None = None) -> bytes:
    """As the format is defined: names in the order of the alphabet, as its own library writes them."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    data = b""
    for name in sorted(some):
        values = some[name]
        start, data = len(data), data + values.tobytes()
        dtype = {"float32": "F32", "float64": "F64", "int64": "I64"}[str(values.dtype)]
        header[name] = {"dtype": dtype, "shape": values.shape, "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def flat(some: Arrays) -> str:
    """All numbers as float32, in base64."""
    numbers = np.concatenate([values.astype("float32").flatten() for values in some.values()])
    return base64.b64encode(numbers.tobytes()).decode()


@pytest.mark.parametrize("widths", [[784, 10], [784, 8, 10], [784, 64, 64, 10], [784, 100, 20, 20, 10]], ids=len)
def test_what_numpy_and_pytorch_wrote_is_read(engine: Page, widths: list[int]) -> None:
    single, double = arrays(widths), arrays(widths, dtype="float64")
    unnamed = {f"arr_{i}": values for i, values in enumerate(single.values())}
    fortran = {name: np.asfortranarray(values) for name, values in single.items()}
    apart = {name: single[name] for name in [*list(single)[::2], *list(single)[:0:-2]]}  # biases last, in reverse
    for content in (
        *(npz(some) for some in (single, unnamed, fortran, apart)),
        npz(single, np.savez_compressed),
        safetensors(single),
    ):
        network = read(engine, content)
        nothing = {"activation": None, "mean": None, "std": None}
        assert network == {"widths": widths, "parameters": flat(single), **nothing}
    for content in (npz(double), safetensors(double)):
        assert read(engine, content)["parameters"] == flat(double)


GOOD = arrays([784, 16, 10])
NOT_FINITE = GOOD | {"3.bias": np.full(10, np.nan, "float32")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no whole .safetensors or .npz file"),
        (npz(GOOD)[:-300], "no whole .safetensors or .npz file"),
        (safetensors(GOOD)[:-300], "no whole .safetensors or .npz file"),
        (npz({name: np.zeros(3 * 2**20) for name in "ab"}, np.savez_compressed), "unpacks to more"),
        (npz(NOT_FINITE), '"3.bias" has values that are not finite'),
        (npz({name: values.astype("int64") for name, values in GOOD.items()}), "float32 or float64"),
        (npz({"1.weight": GOOD["1.weight"]}), "its 1 arrays are 16 x 784"),
        (npz({}), "its 0 arrays are"),
        (npz(arrays([784, 300, 10])), "300 x 784, 300, 10 x 300, 10"),
        (npz(arrays([784, 10, 12])), "lead from 784 pixels"),
        (safetensors(GOOD, {"activation": "gelu"}), "leaky_relu"),
    ],
)
def test_a_file_that_is_no_network_is_refused_in_one_sentence(engine: Page, content: bytes, words: str) -> None:
    said = read(engine, content)
    assert words in said
    assert len(said) < 300
    assert said.endswith(".")


def test_what_the_page_writes_it_reads_and_the_format_says(engine: Page) -> None:
    some = arrays([784, 12, 12, 10])
    base64_text, read_again = engine.evaluate(
        """async (parameters) => {
          const numbers = Uint8Array.from(atob(parameters), (character) => character.charCodeAt(0));
          const { readNetwork, writeSafetensors } = await import("/engine/weights-files.js");
          const shape = { widths: [784, 12, 12, 10], activation: "leaky_relu", mean: 0.1307, std: 0.3081 };
          const file = writeSafetensors(new Float32Array(numbers.buffer), shape);
          const bytes = new Uint8Array(await file.arrayBuffer());
          const { parameters: _, ...rest } = await readNetwork(file);
          return [btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")), rest];
        }""",
        flat(some),
    )
    assert read_again == {"activation": "leaky_relu", "mean": 0.1307, "std": 0.3081, "widths": [784, 12, 12, 10]}
    content = base64.b64decode(base64_text)
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    assert header.pop("__metadata__")["format"] == "pt"
    assert list(header) == list(some)
    for name, values in some.items():
        start, end = header[name]["data_offsets"]
        assert np.array_equal(np.frombuffer(data[start:end], "float32").reshape(header[name]["shape"]), values)
