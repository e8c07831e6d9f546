"""How well a classifier does: metrics.py has the numbers, report.py several classifiers side by side."""
