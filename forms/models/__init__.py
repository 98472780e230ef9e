"""Models of forms: the pages that ask, the submissions they receive, what is delivered, and the audit trail."""

from forms.models.attachments import Attachment
from forms.models.audit import AuditEntry, AuditHead
from forms.models.deliveries import Delivery
from forms.models.desk import Note, SavedView
from forms.models.drafts import Draft
from forms.models.fields import FormField, FormStep, NotificationRule
from forms.models.pages import CallRequestPage, FormPage, GeneralFormPage, ReferralPage
from forms.models.proofs import SpentProof
from forms.models.submissions import ContactIndex, FormSnapshot, Submission

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "CallRequestPage",
    "ContactIndex",
    "Delivery",
    "Draft",
    "FormField",
    "FormPage",
    "FormSnapshot",
    "FormStep",
    "GeneralFormPage",
    "Note",
    "NotificationRule",
    "ReferralPage",
    "SavedView",
    "SpentProof",
    "Submission",
]
