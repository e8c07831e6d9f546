"""How a network is trained, in the order in which to read it:

recipe.py      the settings of one training
batches.py     what each batch holds: order, augmentation
loop.py        losses, backward pass, optimizers, and the training loop

detector.py    the same loop for the non-digit detector
snapshots.py   the network at moments of its training
progress.py    how a terminal shows the progress
"""
