"""scalegame: a terminal game, over an honest simulator, about how systems scale."""

__version__ = "0.1.0"

# Every result carries this stamp. It changes whenever the same level, design and seed may give other
# numbers than before, so that results of different engines are never compared without notice.
ENGINE = "2"
