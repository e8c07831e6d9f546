"""How a network is trained: recipe, batches, backward pass, optimizer, loop.

In the order in which to read it:

    recipe.py           the settings of one training
    schedule.py         the learning rate over the course of it
    batches.py          what each batch holds: order, hard-example mining, augmentation
    backpropagation.py  the forward and the backward pass, written out
    optimizers.py       Adam, RMSProp, SGD
    loop.py             the training loop that puts them together
    progress.py         what it reports, and how a terminal shows it
    snapshots.py        the network at moments of its training
    detector.py         the same loop for the non-digit detector
    finetuning.py       the same loop for a visitor's handwriting
"""
