"""The views: each answers one question about the visitor's drawing, or about training.

A view's name is its address (?view=NAME), its folder in assets/views/, and its class and ID in the page. Views with
Python of their own have a file here.
"""

VIEWS = {
    "lesson": "Lesson",
    "input": "Input",
    "neurons": "Neurons",
    "why": "Why?",
    "loss": "Softmax & loss",
    "replay": "Replay",
    "train": "Train",
    "history": "Training history",
    "handwriting": "My handwriting",
}  # and their titles
