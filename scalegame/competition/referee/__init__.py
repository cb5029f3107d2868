"""The rules of a competition, whoever asks: who may do what and when, who sees what, and who judges."""
