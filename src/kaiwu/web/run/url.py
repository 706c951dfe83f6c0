"""Addresses of runs."""

from django.urls import path

from kaiwu.web.run import views

urlpatterns = [
    path("run/new/", views.begin_run, name="run-new"),
    path("run/job/<int:number>/", views.show_job, name="run-job"),
    path("run/job/<int:number>/stop/", views.stop_job, name="run-job-stop"),
    path("run/<str:key>/", views.show_run, name="run-detail"),
    path("run/<str:key>/list/<str:scheme>/", views.show_listing, name="run-scheme"),
    path("run/<str:key>/list/<str:scheme>/export.xlsx", views.send_listing, name="run-scheme-export"),
    path("run/<str:key>/sheet/<str:entity>/", views.show_sheet, name="run-sheet"),
    path("run/<str:key>/missing/", views.show_missing, name="run-missing"),
    path("run/<str:key>/missing/export.xlsx", views.send_missing, name="run-missing-export"),
    path("run/<str:key>/trial/", views.try_rule, name="run-trial"),
    path("run/<str:key>/compare/", views.compare, name="run-compare"),
    path("run/<str:key>/replay/", views.begin_replay, name="run-replay"),
    path("run/<str:key>/near/", views.begin_near, name="run-near"),
    path("run/<str:key>/rerun/", views.begin_rerun, name="run-rerun"),
]
