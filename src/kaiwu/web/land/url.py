"""Addresses of land by data."""

from django.urls import path

from kaiwu.web.land import map_views, views

urlpatterns = [
    path("public/land/<str:code>/", views.show_notice, name="land-notice"),
    path("land/map/", map_views.show_map, name="land-map"),
    path("land/map.geojson", map_views.send_map, name="land-map-data"),
    path("land/map.xlsx", map_views.send_map_book, name="land-map-book"),
    path("land/round/", views.show_rounds, name="land"),
    path("land/round/<str:code>/", views.show_round, name="land-round"),
    path("land/round/<str:code>/order.xlsx", views.send_order, name="land-order"),
    path("land/round/<str:code>/appeal/", views.show_appeal, name="land-appeal"),
    path("land/round/<str:code>/records/", views.show_records, name="land-verify"),
    path("land/round/<str:code>/do/<str:deed>/", views.change_round, name="land-deed"),
    path("land/round/<str:code>/project/<path:applicant>/", views.show_project, name="land-project"),
]
