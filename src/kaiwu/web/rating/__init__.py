"""Rated counties in the browser (区县评价): ranking in leagues, one unit, any two compared, and how sure the places are."""
