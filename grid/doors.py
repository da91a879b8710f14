"""The doors of an assessment: each step with its form and its action.  Pages and REST go through them."""

from grid import workflow
from grid.actions import assessments
from grid.forms import AdjustForm, AppealForm, CorrectForm, RuleAppealForm
from wangcheng.common.casework.doors import Door, Doors

DOORS = Doors(
    [
        Door(workflow.COMPUTE, assessments.request_again),
        Door(workflow.REVIEW, assessments.review),
        Door(workflow.ADJUST, assessments.adjust, AdjustForm),
        Door(workflow.PUBLISH, assessments.publish),
        Door(workflow.APPEAL, assessments.appeal, AppealForm),
        Door(workflow.RULE_APPEAL, assessments.rule_appeal, RuleAppealForm),
        Door(workflow.FINALISE, assessments.finalise),
        Door(workflow.CORRECT, assessments.correct, CorrectForm),
    ]
)
