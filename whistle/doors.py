"""The doors of whistles: which form and which action belong to a step.  For pages and REST."""

from wangcheng.common.casework.doors import Door, Doors, ReasonForm
from whistle import actions, forms, workflow

DOORS = Doors(
    [
        Door(workflow.SELF_HANDLE, actions.self_handle, forms.DisposeForm),
        Door(workflow.FILTER, actions.filter_, forms.FilterForm),
        Door(workflow.HANDLE, actions.handle, forms.HandleForm),
        Door(workflow.BLOW, actions.blow, forms.BlowForm),
        Door(workflow.FILE, actions.file),
        Door(workflow.DECLINE, actions.decline, ReasonForm),
        Door(workflow.RESUBMIT, actions.resubmit, forms.ResubmitForm),
        Door(workflow.DISPATCH, actions.dispatch, forms.DispatchForm),
        Door(workflow.SIGN, actions.sign),
        Door(workflow.RETURN, actions.ask_return, forms.ReturnForm),
        Door(workflow.RULE_RETURN, actions.rule_return, forms.RuleReturnForm),
        Door(workflow.ARRIVE, actions.arrive, forms.ArriveForm),
        Door(workflow.DISPOSE, actions.dispose, forms.DisposeForm),
        Door(workflow.VERIFY, actions.verify, forms.VerifyForm),
        Door(workflow.REWORK, actions.rework, ReasonForm),
        Door(workflow.RATE, actions.rate, forms.RateForm),
        Door(workflow.APPEAL, actions.appeal, ReasonForm),
        Door(workflow.RULE_APPEAL, actions.rule_appeal, forms.RuleAppealForm),
        Door(workflow.SUSPEND, actions.suspend, ReasonForm),
        Door(workflow.RESUME, actions.resume),
    ]
)
