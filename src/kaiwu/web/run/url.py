"""Addresses of runs."""

from django.urls import path

from kaiwu.web.run import job_views, trial_views, views

urlpatterns = [
    path("run/new/", job_views.begin_run, name="run-new"),
    path("run/job/<int:number>/", job_views.show_job, name="run-job"),
    path("run/job/<int:number>/stop/", job_views.stop_job, name="run-job-stop"),
    path("run/<str:key>/", views.show_run, name="run-detail"),
    path("run/<str:key>/list/<str:scheme>/", views.show_listing, name="run-scheme"),
    path("run/<str:key>/list/<str:scheme>/export.xlsx", views.send_listing, name="run-scheme-export"),
    path("run/<str:key>/sheet/<str:entity>/", views.show_sheet, name="run-sheet"),
    path("run/<str:key>/missing/", views.show_missing, name="run-missing"),
    path("run/<str:key>/missing/export.xlsx", views.send_missing, name="run-missing-export"),
    path("run/<str:key>/trial/", trial_views.try_rule, name="run-trial"),
    path("run/<str:key>/compare/", trial_views.compare, name="run-compare"),
    path("run/<str:key>/replay/", job_views.begin_replay, name="run-replay"),
    path("run/<str:key>/near/", job_views.begin_near, name="run-near"),
    path("run/<str:key>/rerun/", job_views.begin_rerun, name="run-rerun"),
]
