"""The page's wing of the house: components, listeners, API. It asks `model/` for everything that it says of a digit."""

import os

# The page asks nothing of any outside host, and neither does the server. Gradio reads this when it is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
