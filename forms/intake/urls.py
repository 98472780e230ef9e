"""Addresses of the intake desk, under the admin's."""

from django.urls import path

from forms.intake import exports, records, views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("lookup/", views.lookup, name="lookup"),
    path("bulk/", views.bulk, name="bulk"),
    path("export/", exports.export, name="export"),
    path("audit/", records.audit, name="audit"),
    path("deliveries/", records.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/again/", records.resend, name="resend"),
    path("person/", records.one_person, name="person"),
    path("views/save/", views.save_view, name="save_view"),
    path("views/<int:pk>/delete/", views.delete_view, name="delete_view"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/print/", views.printed, name="print"),
    path("<uuid:pk>/move/", views.move, name="move"),
    path("<uuid:pk>/assign/", views.assign, name="assign"),
    path("<uuid:pk>/note/", views.note, name="note"),
    path("<uuid:pk>/release/", views.release, name="release"),
    path("<uuid:pk>/files/<uuid:attachment_id>/", views.attachment, name="attachment"),
]
