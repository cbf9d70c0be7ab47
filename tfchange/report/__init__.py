"""An assessment as text, JSON, Markdown, SARIF, HTML or a diagram. Pure functions to `str`."""
