"""Run the notebook and keep its outputs: python -m docs.run_notebook"""

import sys
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from model.paths import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
FRAME = "page"  # the cell whose output is of no use once the kernel has ended
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main() -> int:
    """Run the notebook in place."""
    notebook = run(read())
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        if cell.id == FRAME:
            cell.outputs = []
    notebook.metadata = METADATA
    nbformat.write(notebook, NOTEBOOK)
    return 0


def read() -> NotebookNode:
    """The notebook as it is kept."""
    return nbformat.read(NOTEBOOK, as_version=4)


def run(notebook: NotebookNode, **parameters: Any) -> NotebookNode:
    """Run all cells in a new kernel that starts in docs/, with other values for what the parameters' cell sets.

    Raises:
        CellExecutionError: if a cell fails.
    """
    (cell,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    cell.source += "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
    return NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()


if __name__ == "__main__":
    sys.exit(main())
