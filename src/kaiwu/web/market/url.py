"""Addresses of the market."""

from django.urls import path

from kaiwu.web.market import firm_views, views

urlpatterns = [
    path("market/search/", views.show_search, name="market-search"),
    path("market/list/", views.show_lists, name="market-lists"),
    path("market/list/one/", views.show_list, name="market-list"),
    path("market/list/one.xlsx", views.send_list, name="market-list-book"),
    path("market/list/new/", views.hold_list, name="market-round"),
    path("market/list/pair/", views.show_pair, name="market-pair"),
    path("market/funnel/", views.show_funnel, name="market-funnel"),
    path("market/funnel.xlsx", views.send_funnel, name="market-funnel-book"),
    path("market/space/", firm_views.show_spaces, name="market-space"),
    path("market/space.xlsx", firm_views.send_spaces, name="market-space-book"),
    path("market/firm/", firm_views.show_own, name="market-own"),
    path("market/firm/<str:entity>/", firm_views.show_firm, name="market-firm"),
]
