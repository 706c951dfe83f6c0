"""Addresses of identity."""

from django.urls import path

from kaiwu.web.identity import views

urlpatterns = [
    path("identity/", views.show_queue, name="identity"),
    path("identity/<int:number>/", views.show_item, name="identity-item"),
]
