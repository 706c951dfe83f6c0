"""From a name as it was written to the entity (主体识别): index, measures, weights, decision, evidence."""

from kaiwu.identity.linking.answer import Alternative, Hints, Link, LinkStatus, Mention
from kaiwu.identity.linking.evidence import Evidence
from kaiwu.identity.linking.resolver import Resolver, Thresholds

__all__ = ["Alternative", "Evidence", "Hints", "Link", "LinkStatus", "Mention", "Resolver", "Thresholds"]
