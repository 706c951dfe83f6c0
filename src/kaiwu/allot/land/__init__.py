"""Land (空间): plots on one integer plane, which touch, and which make a block; low-yield lists and the five ways.

Owns geometry, blocks and lists of plots. It opens no file, asks no clock, and decides no place: blocks are advice.
"""
