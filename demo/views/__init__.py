"""The views under the bars, each of which answers one question about the visitor's drawing."""

from demo.views.childhood import Childhood
from demo.views.inside import Inside
from demo.views.learn import Learn
from demo.views.lesson import Lesson
from demo.views.replay import Replay
from demo.views.sees import Sees
from demo.views.sure import Sure
from demo.views.why import Why

VIEWS = (Lesson, Sees, Inside, Why, Sure, Replay, Learn, Childhood)
