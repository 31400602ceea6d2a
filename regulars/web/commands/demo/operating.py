"""What the operator and the product owner do in the played weeks, by the actions that their pages call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from regulars.web.commands.demo.weeks import Agenda

if TYPE_CHECKING:
    from regulars.improve.models import Finding, Tasting
    from regulars.improve.rules.tasting import Tally
    from regulars.simulate.live.play import Live

OPERATOR, SECOND, OWNER = "operator", "owner", "owner"
COST = 600_000  # fen: above what one person may spend, so that a second one agrees
GAINS = {"second-visit": 0.02, "hello": 0.03}  # the smallest worth knowing; half a year of newcomers tells it
VISIBLE = 200  # points, of one a yuan: what the cheapest thing that they buy costs
DECIDES_IN = timedelta(days=16)  # a tasting, a decision, and the day on which it begins
STORES = 2  # where a new version begins
COMPARED = timedelta(days=14)  # the other stores are the comparison for so long, then they follow
REVIEW = clock_time(11)  # of the fourth day of a week: voices are merged, findings decided
SHIFTS = ("lunch", "dinner")


class Operating:
    """A script: each week it looks at what there is, and does the next thing."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def begin(self, agenda: Agenda) -> None:
        """Put the operator's morning and the review of the week on the agenda; points are earned from the first on."""
        self.points()
        agenda.add(datetime.combine(self.live.begins, clock_time(10), self.live.zone), self.plays)
        agenda.add(
            datetime.combine(self.live.begins + timedelta(days=3), REVIEW, self.live.zone), self.review
        )

    def points(self) -> None:
        """Begin the points programme, once; guests see their points when they can spend them."""
        from regulars.reward.actions import programme
        from regulars.reward.models import Programme

        if not Programme.objects.exists():
            programme(starts_on=self.live.begins, visible_from=VISIBLE)

    def plays(self, now: datetime) -> None:
        """Make the second visit and the hello that does nothing, see who would get what, and start them."""
        from regulars.engage.actions import plays
        from regulars.engage.models import Play

        for ready in ("second-visit", "hello"):
            if Play.objects.filter(name=ready).exists():
                continue
            play = plays.make_ready(ready=ready, by=OPERATOR, now=now)
            play = plays.change(play=play, by=OPERATOR, cost=COST, gain=GAINS[ready])
            play = plays.start(play=play, by=OPERATOR, now=now)
            if play.state == Play.State.PROPOSED:
                plays.approve(play=play, by=SECOND, now=now)

    def review(self, now: datetime) -> None:
        """Merge the voices on the dish that most spoke of, and take each finding one step on."""
        from regulars.improve.models import Finding

        self._merge(now)
        for finding in Finding.objects.order_by("pk"):
            self._on(finding, now)

    def changes(self) -> None:
        """The menus of the stores change as was decided; so the simulation sees them."""
        from regulars.improve.models import Change

        for each in Change.objects.exclude(product_id="").order_by("pk"):
            self.live.change(
                product_id=each.product_id,
                version=each.to_version,
                stores=each.stores,
                begins_on=each.begins_on,
            )

    def _merge(self, now: datetime) -> None:
        """The largest group of voices on one dish becomes a finding; later ones on it join what is there."""
        from regulars.brand.models import Product
        from regulars.improve import actions
        from regulars.improve.models import Finding
        from regulars.listen.models import Voice

        there = (
            Finding.objects.exclude(product_id="").exclude(state=Finding.State.REFUSED).order_by("pk").first()
        )
        if there is not None:
            more = Voice.objects.filter(
                product_id=there.product_id, findingvoice=None, at__gt=now - timedelta(days=14)
            )
            loose = [each.voice_id for each in more.order_by("pk") if (each.score is None or each.score <= 5)]
            if loose:
                actions.merge(finding=there, voices=loose, by=OPERATOR, now=now)
            return
        for group in actions.suggest_groups(now=now):
            dishes = {
                each.product_id for each in Voice.objects.filter(pk__in=[said.voice_id for said in group])
            }
            dish = max(dishes - {""}, default="")
            people = {said.person for said in group if said.person is not None}
            if dish and len(people) >= 3:
                name = Product.objects.get(code=dish).name
                title = f"{name}：太甜"
                actions.merge(
                    finding=None, voices=[said.voice_id for said in group], by=OPERATOR, now=now, title=title
                )
                return

    def _on(self, finding: Finding, now: datetime) -> None:
        """Accepted, tried by guests, changed in two stores, then in the others, and all told: one step a week."""
        from regulars.improve import actions

        state = finding.State
        today = now.astimezone(self.live.zone).date()
        if finding.state == state.RAISED:
            actions.accept(finding=finding, owner=OWNER, due_on=today + DECIDES_IN, by=OWNER, now=now)
        elif finding.state == state.ACCEPTED:
            self._try_or_change(finding, now)
        elif finding.state in (state.CHANGED, state.TOLD):
            made = list(finding.changes.all())
            left = sorted(set(finding.stores) - {store for each in made for store in each.stores})
            first = min(each.begins_on for each in made)
            if left and finding.state == state.CHANGED:
                if today >= first + COMPARED:
                    self._change(finding, left, made[0].evidence, now)
            elif today >= max(each.begins_on for each in made):
                actions.tell(finding=finding, starts_at=now + timedelta(hours=1), by=OWNER, now=now)

    def _try_or_change(self, finding: Finding, now: datetime) -> None:
        from regulars import settings
        from regulars.improve import actions

        tasting = finding.tastings.first()
        if tasting is None:
            tasting = actions.open_tasting(finding=finding, version_a="2", version_b="3", by=OWNER, now=now)
            actions.invite(tasting=tasting, link=f"{settings.PUBLIC_URL}/t/TOKEN", now=now)
            return
        self._change(finding, finding.stores[:STORES], _evidence(tasting, actions.tallied(tasting)), now)

    def _change(self, finding: Finding, stores: Sequence[str], evidence: str, now: datetime) -> None:
        """The new recipe from tomorrow on in these stores, ticked by each shift."""
        from regulars.improve import actions

        change = actions.change(
            finding=finding,
            kind="recipe",
            to_version="2",
            stores=stores,
            begins_on=now.astimezone(self.live.zone).date() + timedelta(days=1),
            by=OWNER,
            now=now,
            evidence=evidence,
        )
        for store in change.stores:
            for shift in SHIFTS:
                actions.train(change=change, store_id=store, shift=shift, staff_id=_lead(store), now=now)
        self.changes()


def _evidence(tasting: Tasting, tallies: Sequence[Tally]) -> str:
    """What each group of tasters preferred, as the house writes it down."""
    groups = {"fan": "核心粉丝", "raised": "提出的客人", "guest": "普通客人"}
    versions = {"a": tasting.version_a, "b": tasting.version_b}
    said = (
        f"{groups[each.group]}：{f'第{versions[each.leads]}版' if each.leads else '打平'}（{each.wins}/{each.votes}）"
        for each in tallies
    )
    return "；".join(said)[:300]


def _lead(store: str) -> str:
    from regulars.brand.models import Staff

    return Staff.objects.filter(store=store).order_by("code").values_list("code", flat=True).first() or ""
