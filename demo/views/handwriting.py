"""My handwriting: how well the network recognizes the visitor's digits, and a copy that is fine-tuned on them."""

from typing import Any

from demo.jobs.job import FineTuneJob
from demo.jobs.queue import JobQueue
from demo.payloads import MIN_DRAWINGS, parse_labeled_drawings
from demo.views.following import JobView
from demo.wire import describe_fine_tuned
from model.training.finetuning import FineTuned


class HandwritingView(JobView):
    """Asks for twenty digits, and counts how many are recognized. Its `start_job` event carries the drawings."""

    def __init__(self, jobs: JobQueue, missing: str) -> None:
        super().__init__("views/handwriting", jobs, missing, fewest=MIN_DRAWINGS)

    def job(self, sent: Any, address: str) -> FineTuneJob:
        """A fine-tuning on the drawings that were sent."""
        return FineTuneJob(*parse_labeled_drawings(sent), address)

    def describe(self, result: FineTuned) -> dict[str, Any]:
        """The network, and the predictions before and after."""
        return describe_fine_tuned(result)
