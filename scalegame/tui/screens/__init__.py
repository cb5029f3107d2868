"""The screens of the game. Each answers: what is going on, what is wrong, what can I do?"""
