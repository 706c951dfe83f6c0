"""Addresses of rated counties."""

from django.urls import path

from kaiwu.web.rating import views

urlpatterns = [
    path("rating/", views.show_ranking, name="rating"),
    path("rating/league.xlsx", views.send_book, name="rating-book"),
    path("rating/compare/", views.show_compare, name="rating-compare"),
    path("rating/sensitivity/", views.show_sensitivity, name="rating-sensitivity"),
    path("rating/unit/<str:unit>/", views.show_unit, name="rating-unit"),
]
