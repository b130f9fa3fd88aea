"""How things are shown, as plain data: text made displayable, glyphs, and cells with a tone."""
