"""Addresses of the intake desk, under the admin's."""

from django.urls import path

from forms.intake import exports, inbox, item, records

app_name = "intake"
urlpatterns = [
    path("", inbox.index, name="index"),
    path("lookup/", inbox.lookup, name="lookup"),
    path("bulk/", inbox.bulk, name="bulk"),
    path("export/", exports.export, name="export"),
    path("audit/", records.audit, name="audit"),
    path("deliveries/", records.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/again/", records.resend, name="resend"),
    path("person/", records.one_person, name="person"),
    path("views/save/", inbox.save_view, name="save_view"),
    path("views/<int:pk>/delete/", inbox.delete_view, name="delete_view"),
    path("<uuid:pk>/", item.detail, name="detail"),
    path("<uuid:pk>/print/", item.printed, name="print"),
    path("<uuid:pk>/move/", item.move, name="move"),
    path("<uuid:pk>/assign/", item.assign, name="assign"),
    path("<uuid:pk>/note/", item.note, name="note"),
    path("<uuid:pk>/release/", item.release, name="release"),
    path("<uuid:pk>/files/<uuid:attachment_id>/", item.attachment, name="attachment"),
]
