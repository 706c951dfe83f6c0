"""Addresses of claims."""

from django.urls import path

from kaiwu.web.claim import views

urlpatterns = [
    path("claim/new/<str:entity>/<str:key>/", views.begin_claim, name="claim-new"),
    path("claim/<str:key>/", views.show, name="claim-detail"),
    path("claim/<str:number>/step/", views.step, name="claim-step"),
]
