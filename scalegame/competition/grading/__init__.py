"""Grades a folder of designs: judged on hidden seeds, marked by a rubric, written for whoever keeps the marks."""
