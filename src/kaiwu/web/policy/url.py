"""Addresses of policies."""

from django.urls import path

from kaiwu.web.policy import views

urlpatterns = [
    path("policy/", views.show_mine, name="policy"),
    path("policy/firm/<str:entity>/", views.show_firm, name="policy-firm"),
    path("policy/firm/<str:entity>/<str:key>/", views.show_why, name="policy-why"),
    path("policy/firm/<str:entity>/<str:key>/pack.xlsx", views.send_pack, name="policy-pack"),
    path("policy/run/<str:key>/fill/", views.begin_fill, name="policy-fill"),
    path("clause/<str:key>/", views.show_clause, name="clause-detail"),
    path("clause/<str:key>/push/", views.push_clause, name="clause-push"),
    path("clause/<str:key>/visits.xlsx", views.send_visits, name="clause-visits"),
]
