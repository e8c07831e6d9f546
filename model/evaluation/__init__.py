"""How well a classifier does.

From the numbers to the reports:

    metrics.py                  accuracy, confusion matrix, calibration error, AUROC, the worst mistakes
    datasets.py                 the images it is measured on
    photographs.py              photographs of digits, made from pen strokes
    preprocessing_baselines.py  common ways to preprocess a drawing, for comparison
    rejection.py                how well the non-digit detector does
    report.py                   all of it for several classifiers, side by side
    sheets.py                   contact sheets of styles and mistakes
"""
