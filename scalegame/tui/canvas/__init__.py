"""The board on the screen: layout, wires, cells, and the widget that shows them.

Everything but `widget` and `paint` is free of Textual.
"""
