"""The group ``kaiwu claim``: the commands of its life, in the order of the work.

Owns the order; what a step may be is ``kaiwu.procedure.claim``.
"""

from __future__ import annotations

import click

from kaiwu.cli import claim_amount_command as amount
from kaiwu.cli import claim_chain_command as chain
from kaiwu.cli import claim_desk_command as desk
from kaiwu.cli import claim_file_command as file
from kaiwu.cli import claim_programme_command as programme
from kaiwu.cli import claim_show_command as show

claim_group = click.Group(
    "claim",
    help="政策兑现: 申报、核验、审批、公示、支付、追回。Claims: filed, checked, approved, noticed, paid, claimed back.",
    commands=[
        *(programme.programmes, programme.programme_command, programme.budget, programme.template),
        *(file.invoice, file.file_claims, file.list_claims, show.show),
        *(desk.complete, desk.check, desk.answer, desk.import_paid, desk.import_parties),
        *(amount.assess, amount.effect),
        *(chain.approve, chain.send_back, chain.refuse, chain.withdraw, chain.publish, chain.release, chain.object_to),
        *(chain.close_objection, chain.accept, chain.pay, chain.bank_return, chain.survey, chain.claw_back),
        *(chain.recover, chain.prove),
    ],
)
