"""The plan of a year: the chief editor sets text and targets; what is reached is always reckoned anew (R14)."""

from __future__ import annotations

from contracts.rpc import plans as rpc
from contracts.vocabulary import UnitClass
from kernel.database import Work
from kernel.errors import Invalid, StaleVersion
from kernel.service import Reading
from services.intake.directory import lock_directory
from services.intake.model.plans import Plan
from services.intake.model.units import Unit
from services.intake.queries.plans import get_plan


def record_plan(work: Work, request: rpc.RecordPlan) -> rpc.YearPlan:
    """Make the plan or change it; what it says already changes nothing. Raises `Invalid`, `StaleVersion`."""
    lock_directory(work.session)
    plan = work.session.get(Plan, request.year)
    present = plan.version if plan else 0
    if request.version is not None and request.version != present:
        raise StaleVersion(
            f"{request.year} 年计划已是第 {present} 版，您改的是第 {request.version} 版。",
            f"The plan of {request.year} is at version {present}; your change builds on version {request.version}.",
            extra={"version": present},
        )
    _check_targets(work, request)
    if plan is None:
        plan = Plan(year=request.year, version=0, targets=[], text="")
        work.session.add(plan)
    if not plan.holds(request):
        plan.record(request, work.principal.name, work.now)
        work.audit("plan.recorded", str(plan.year), plan.version, text=plan.text, targets=plan.targets)
        work.session.flush()
    return get_plan(Reading(work.session, work.principal, work.now), rpc.PlanOfYear(year=request.year))


def _check_targets(work: Work, request: rpc.RecordPlan) -> None:
    seen = set()
    for place, target in enumerate(request.targets):
        unit = work.session.get(Unit, target.unit_id)
        if unit is None or unit.unit_class is UnitClass.CITY_OFFICE:
            raise Invalid(
                "没有这个报送单位。", f"There is no reporting unit {target.unit_id}.",
                pointer=f"/targets/{place}/unit_id",
            )
        if (target.unit_id, target.measure) in seen:
            raise Invalid(
                f"“{unit.name}”的“{target.measure.label}”列了两次。", "A unit's measure is given twice.",
                pointer=f"/targets/{place}/measure",
            )
        if target.measure is rpc.Measure.URGENT_IN_TIME and target.value > 100:
            raise Invalid("及时率不能超过 100%。", "A rate is 100 at the most.", pointer=f"/targets/{place}/value")
        seen.add((target.unit_id, target.measure))
