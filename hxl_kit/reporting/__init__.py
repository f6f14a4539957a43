"""Reports: what validation found, in the form that its readers need. A format is a module that has a `FORMAT`."""
