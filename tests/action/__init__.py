"""The action, the examples and the templates are run or read as their hosts would."""
