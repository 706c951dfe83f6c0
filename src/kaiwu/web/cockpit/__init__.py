"""The cockpit (驾驶舱): one page of tiles, each from the queries of the list that it leads to."""
