"""Typed quantities: units, exact amounts, dates, periods; and the shape of a problem."""
