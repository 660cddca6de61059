"""Steps: what the documents describe people doing, one public function for each.

Every step

- raises PermissionDenied where the user who takes it (`by`) has no right to,
- raises Refusal (`helpdesk.common.decisions`, a ValidationError) with a Chinese sentence, at a field where one is
  wrong, if the row's state does not allow the step or has changed since the user saw it (`seen`),
- locks the row it changes, in one transaction with everything that follows from the change, and
- leaves an Event behind (`history`), which stands in the row's history from then on.

Saving validates the row (`full_clean`), which raises ValidationError with the model's sentences. A docstring names
only what is raised beyond this. A docstring like “草稿 → 已上报” names the states before and after the step.

The modules that take no steps: `rights` says who may do what, `history` writes events, `waiting` finds what is to be
decided, `traces` finds what else is written about a person, `jobs` and
`reviewing_projects` register long work, `joint_activities` takes one step for many teachers.
"""
