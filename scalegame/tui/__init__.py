"""The terminal game: screens, widgets and the canvas. The only room that imports Textual."""
