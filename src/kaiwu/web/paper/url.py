"""Addresses of papers."""

from django.urls import path

from kaiwu.web.paper import views
from kaiwu.web.paper.kind import DISTRICT, KINDS

urlpatterns = [
    *(
        path(f"paper/make/{kind.code}/", views.make, {"kind": kind.code}, name=f"paper-make-{kind.code}")
        for kind in KINDS.values()
        if kind.subject == DISTRICT
    ),
    path("paper/make/<str:kind>/<str:subject>/", views.make, name="paper-make"),
    path("paper/<str:number>/paper.docx", views.send_word, name="paper-word"),
    path("paper/<str:number>/print/", views.print_paper, name="paper-print"),
    path("paper/<str:number>/evidence/", views.open_evidence, name="paper-evidence"),
]
