"""Addresses of cases."""

from django.urls import path

from kaiwu.web.case import views

urlpatterns = [
    path("case/open/", views.list_procedures, name="case-open"),
    path("case/coverage/<str:code>/", views.show_coverage, name="case-coverage"),
    path("case/new/<str:code>/", views.begin_case, name="case-new"),
    path("case/<str:key>/", views.show_case, name="case-detail"),
    path("case/<str:number>/advance/", views.move_case, name="case-advance"),
    path("case/<str:number>/file/", views.add_file, name="case-attach"),
    path("case/<str:number>/file/<int:file>/", views.send_file, name="case-file"),
]
