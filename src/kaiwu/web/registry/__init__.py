"""The registry (主体库): firms, groups, plots, spaces, towns and parks as screens show and filter them."""
