"""From a need (需求) to the offers (供给) that can meet it: retrieval, reasons, assignment and the funnel.

Owns typed needs and offers, the text index, the hard constraints in the rule language, the assignment under
capacities and the events that follow a match. It does not know who is who (``kaiwu.identity`` resolves names)
and writes no file of a workspace (``kaiwu.procedure`` does).
"""
