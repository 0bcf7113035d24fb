"""What plain patterns see in a text: its language, sums, sentences, key words, orders to a model.

Pure. Knows text only, and neither messages nor answers.
"""
