"""Addresses of the cockpit."""

from django.urls import path

from kaiwu.web.cockpit import views

urlpatterns = [path("cockpit/", views.show_cockpit, name="cockpit")]
