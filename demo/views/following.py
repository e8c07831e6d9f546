"""What the views that start jobs have in common: the page starts a job, follows it, and fetches its result."""

import asyncio
import json
from typing import Any

import gradio as gr

from demo.components import DeferredComponent
from demo.jobs.job import Job
from demo.jobs.queue import JobError, JobQueue
from demo.payloads import PayloadError
from demo.server.addresses import address_of
from demo.server.gradio_internals import server

STATUS_EVERY = 0.08  # seconds between two statuses of a job
PLACE_EVERY = 1.0  # seconds between two statuses in the queue, where little happens


class JobView(DeferredComponent):
    """A view that starts jobs: its `start_job` event carries what is asked for.

    The page asks for the job's status by calling `follow` again and again, not by an event: Gradio reloads a page that
    loses its server during an event, and the page would lose its drawing and curves.
    """

    def __init__(self, folder: str, jobs: JobQueue, missing: str, **props: Any) -> None:
        self._jobs = jobs
        super().__init__(folder, events=["start_job"], missing=missing, **props)
        self.start_job(
            self.start,
            inputs=self,
            outputs=self,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )

    def job(self, sent: Any, address: str) -> Job:
        """The job that is asked for.

        Raises:
            PayloadError: if the page did not send what such a job needs.
        """
        raise NotImplementedError

    def describe(self, result: Any) -> dict[str, Any]:
        """A job's result for the page."""
        raise NotImplementedError

    def start(self, sent: Any, request: gr.Request) -> str:
        """Start a job; {"ticket"} to follow it by, or {"error"}, a sentence, as JSON."""
        address = address_of(request.client.host if request.client else "")
        try:
            return json.dumps({"ticket": self._jobs.submit(self.job(sent, address))})
        except (PayloadError, JobError) as error:
            return json.dumps({"error": str(error)})

    @server
    async def follow(self, ticket: Any) -> str:
        """How a job stands a moment from now, as JSON; see `demo.wire.describe_job`."""
        await asyncio.sleep(STATUS_EVERY)
        status = self._jobs.follow(ticket)
        waited, place = STATUS_EVERY, status.get("place")
        while place and status["place"] == place and waited < PLACE_EVERY:
            await asyncio.sleep(STATUS_EVERY)
            waited += STATUS_EVERY
            status = self._jobs.follow(ticket)
        return json.dumps(status)

    @server
    def stop(self, ticket: Any) -> None:
        """Stop a job, or take it out of the queue."""
        self._jobs.stop(ticket)

    @server
    def result(self, ticket: Any) -> str:
        """What came of a job, as JSON; null if nothing did."""
        result = self._jobs.result(ticket)
        if result is None:
            return "null"
        described = self.describe(result)
        described["network"]["ticket"] = ticket  # by which the page has this network predict
        return json.dumps(described)
