"""The platform (平台): officers, towns and firms work in it every day. The only place that imports Django."""
