"""The contract of a grade: one short text a customer, from their state among all states, for lists and
segments to read.

To add one: a file in `grades/` with a frozen dataclass (its fields are its settings) and a line in
`catalogue.GRADES`.
"""

from typing import ClassVar, Protocol

import ibis.expr.types as ir


class Grade(Protocol):
    """A way to grade customers."""

    name: ClassVar[str]
    """What the catalogue, segments and exports call it; lower case, no spaces."""

    def grades(self, states: ir.Table) -> ir.Table:
        """`customer_states` in; `customer_id` and `grade` (text) out, and what the grade was made of; nothing
        executed.
        """
        ...
