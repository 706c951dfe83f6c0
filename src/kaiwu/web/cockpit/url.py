"""Addresses of the cockpit."""

from django.urls import path

from kaiwu.web.cockpit import views

urlpatterns = [
    path("cockpit/", views.show_cockpit, name="cockpit"),
    path("cockpit/towns.geojson", views.send_outline, name="cockpit-outline"),
    path("cockpit/<str:code>/", views.show_tile, name="cockpit-tile"),
    path("cockpit/<str:code>/export.xlsx", views.send_tile, name="cockpit-excel"),
]
