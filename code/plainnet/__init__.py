"""plainnet: neural networks in plain NumPy, to be read as much as run.

Each module is explained, function by function, in the book *Neural
Networks, Line by Line*. Import what you need from the modules themselves:

>>> from plainnet.network import mlp
>>> from plainnet.losses import softmax_cross_entropy
"""
