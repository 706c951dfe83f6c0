"""政策找人: which clauses fit a firm or nearly do, what a clause reaches, what was pushed, which titles were given."""
