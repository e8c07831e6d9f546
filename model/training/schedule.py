"""The learning rate over the course of a training."""

WARM_UP = 0.1  # share of the steps in which a one-cycle training's learning rate rises
START = 0.04  # share of the peak that it rises from


def learning_rate_share(schedule: str, done: float) -> float:
    """The learning rate, as a share of the recipe's, when a share `done` of all steps is done (0 to 1).

    "one-cycle" is a linear warm-up and a linear decay to 0, after L. N. Smith and N. Topin, "Super-Convergence: Very
    Fast Training of Neural Networks Using Large Learning Rates" (2018). Anything else is constant.
    """
    if schedule != "one-cycle":
        return 1.0
    return START + (1 - START) * done / WARM_UP if done < WARM_UP else (1 - done) / (1 - WARM_UP)
