"""Addresses of evaluations."""

from django.urls import path

from kaiwu.web.evaluation import dispute_views, publication_views, sheet_views, views

urlpatterns = [
    path("evaluation/new/", views.begin_year, name="evaluation-new"),
    path("evaluation/<str:number>/", views.show_year, name="evaluation"),
    path("evaluation/<str:number>/<str:deed>/", views.change_year, name="evaluation-change"),
    path("sheet/<str:key>/", sheet_views.show_sheet, name="sheet-detail"),
    path("sheet/<int:key>/answer/", sheet_views.answer_sheet, name="sheet-answer"),
    path("sheet/<int:key>/paper/", sheet_views.print_sheet, name="sheet-paper"),
    path("public/sheet/<int:key>/<str:code>/", sheet_views.answer_by_code, name="sheet-code"),
    path("public/list/<str:number>/", publication_views.show_publication, name="publication"),
    path("dispute/<str:key>/", dispute_views.show_dispute, name="dispute-detail"),
    path("dispute/<str:number>/decide/", dispute_views.change_dispute, name="dispute-change"),
    path("consequence/<int:key>/list.xlsx", publication_views.send_consequence, name="consequence-list"),
    path("consequence/<int:key>/receipt/", publication_views.receive_consequence, name="consequence-receipt"),
]
