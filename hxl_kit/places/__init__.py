"""Places: which administrative units there are, their P-codes and names."""
