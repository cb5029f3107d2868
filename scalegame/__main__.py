"""Lets ``python -m scalegame`` do what the ``scalegame`` command does."""

from scalegame.cli import main

if __name__ == "__main__":
    main()
