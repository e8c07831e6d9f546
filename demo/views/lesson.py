"""The lesson: from pixels to probabilities in twelve steps, each with a view that shows it and something to try."""

from demo.views.view import View


class Lesson(View):
    """The course's story in the page's own words, told with the numbers of the drawing that is on the pad."""

    NAME = "lesson"
    TITLE = "The lesson"
