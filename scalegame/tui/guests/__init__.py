"""Guests of a competition: who has nothing installed joins and plays on a page, with a game of his own.

For the competition a guest is a player like any other: his game speaks to the server as one on a laptop does. What
he plays is kept in a folder of his own on this machine, under the hash of a key that only his browser has.
"""
