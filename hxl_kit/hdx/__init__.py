"""HDX, the Humanitarian Data Exchange: where it is, how it is asked, and what it wants to know of a dataset."""
