"""The doors of a ticket: each step with its form and its action, in the order of the buttons."""

from hotline import actions, forms, workflow
from wangcheng.common.casework.doors import Door, Doors, NoteForm, ReasonForm

DOORS = Doors(
    [
        Door(workflow.DISPATCH, actions.dispatch, forms.DispatchForm),
        Door(workflow.ANSWER, actions.answer, forms.AnswerForm),
        Door(workflow.REJECT, actions.reject, forms.RejectForm),
        Door(workflow.SIGN, actions.sign, NoteForm),
        Door(workflow.ASSIST, actions.assist, forms.AssistForm),
        Door(workflow.CONTACT, actions.contact, forms.ContactForm),
        Door(workflow.PROGRESS, actions.progress, forms.ProgressForm),
        Door(workflow.FINISH, actions.finish, forms.FinishForm),
        Door(workflow.REVIEW, actions.review, forms.ReviewForm),
        Door(workflow.CALLBACK, actions.callback, forms.CallbackForm),
        Door(workflow.REDO, actions.redo, ReasonForm),
        Door(workflow.ACKNOWLEDGE, actions.acknowledge, ReasonForm),
        Door(workflow.RETURN, actions.ask_return, forms.ReturnForm),
        Door(workflow.RULE_RETURN, actions.rule_return, forms.RulingForm),
        Door(workflow.EXTEND, actions.ask_extension, forms.ExtendForm),
        Door(workflow.RULE_EXTEND, actions.rule_extension, forms.RulingForm),
        Door(workflow.SUSPEND, actions.suspend, ReasonForm),
        Door(workflow.RESUME, actions.resume, NoteForm),
        Door(workflow.MERGE, actions.merge, forms.MergeForm),
        Door(workflow.UNMERGE, actions.unmerge, NoteForm),
        Door(workflow.EXCLUDE, actions.ask_exclusion, ReasonForm),
        Door(workflow.RULE_EXCLUDE, actions.rule_exclusion, forms.RulingForm),
        Door(workflow.ARCHIVE, actions.archive, NoteForm),
        Door(workflow.CORRECT, actions.correct, forms.CorrectForm),
    ]
)
