"""Addresses of the exchange."""

from django.urls import path

from kaiwu.web.exchange import reconcile, views

urlpatterns = [
    path("data_request/new/", views.ask_table, name="exchange-new"),
    path("data_request/remind/", views.remind_late, name="exchange-remind-late"),
    path("data_request/<int:key>/", views.show_request, name="data_request-detail"),
    path("data_request/<int:key>/template.xlsx", views.send_template, name="exchange-template"),
    path("data_request/<int:key>/upload/", views.upload_version, name="exchange-upload"),
    path("data_request/<int:key>/remind/", views.remind_one, name="exchange-remind"),
    path("data_request/<int:key>/receipt/", views.print_receipt, name="exchange-receipt"),
    path("reconcile/", reconcile.show_variables, name="reconcile"),
    path("reconcile/<str:code>/<str:period>/", reconcile.show_variable, name="reconcile-variable"),
    path("reconcile/<str:code>/<str:period>/export.xlsx", reconcile.send_variable, name="reconcile-export"),
    path("reconcile/<str:code>/<str:period>/decide/", reconcile.decide_source, name="reconcile-decide"),
]
