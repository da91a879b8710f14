"""The doors of hard whistles: which form and which action belong to a step.  For pages and REST."""

from wangcheng.common.casework.doors import Door, Doors, NoteForm, ReasonForm
from whistle import hard_actions as actions
from whistle import hard_forms as forms
from whistle import hard_workflow as workflow

DOORS = Doors(
    [
        Door(workflow.INSTRUCT, actions.instruct, forms.InstructForm),
        Door(workflow.ASSIGN, actions.assign, forms.AssignForm),
        Door(workflow.PROGRESS, actions.progress, forms.ProgressForm),
        Door(workflow.SOLVE, actions.solve, forms.SolveForm),
        Door(workflow.STRIKE, actions.strike, NoteForm),
        Door(workflow.CARRY, actions.carry, ReasonForm),
    ]
)
