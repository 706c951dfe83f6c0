"""Land by data in the browser (数据竞地): rounds, the notice, one project's page, appeals, the order of supply, the map of plots."""
