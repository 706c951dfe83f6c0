"""Addresses of evaluations."""

from django.urls import path

from kaiwu.web.evaluation import views

urlpatterns = [
    path("evaluation/new/", views.begin_year, name="evaluation-new"),
    path("evaluation/<str:number>/", views.show_year, name="evaluation"),
    path("evaluation/<str:number>/<str:deed>/", views.change_year, name="evaluation-change"),
    path("sheet/<str:key>/", views.show_sheet, name="sheet-detail"),
    path("sheet/<int:key>/answer/", views.answer_sheet, name="sheet-answer"),
    path("sheet/<int:key>/paper/", views.print_sheet, name="sheet-paper"),
    path("public/sheet/<int:key>/<str:code>/", views.answer_by_code, name="sheet-code"),
    path("public/list/<str:number>/", views.show_publication, name="publication"),
    path("dispute/<str:key>/", views.show_dispute, name="dispute-detail"),
    path("dispute/<str:number>/decide/", views.change_dispute, name="dispute-change"),
    path("consequence/<int:key>/list.xlsx", views.send_consequence, name="consequence-list"),
    path("consequence/<int:key>/receipt/", views.receive_consequence, name="consequence-receipt"),
]
