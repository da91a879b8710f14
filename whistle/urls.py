"""The addresses of the whistles' pages."""

from django.urls import path

from whistle.views import hard, many, share, whistles

urlpatterns = [
    path("whistles/", whistles.whistle_list, name="whistle_list"),
    path("whistles/new/", whistles.whistle_report, name="whistle_report"),
    path("whistles/share/", share.whistle_share, name="whistle_share"),
    path("whistles/many/<slug:step>/", many.whistles_step, name="whistles_step"),
    path("whistles/<str:number>/", whistles.whistle_detail, name="whistle_detail"),
    path("whistles/<str:number>/attach/", whistles.whistle_attach, name="whistle_attach"),
    path("whistles/<str:number>/files/<int:pk>/", whistles.whistle_file, name="whistle_file"),
    path("whistles/<str:number>/<slug:step>/", whistles.whistle_step, name="whistle_step"),
    path("hard-whistles/", hard.hardwhistle_list, name="hardwhistle_list"),
    path("hard-whistles/new/", hard.hardwhistle_draft, name="hardwhistle_draft"),
    path("hard-whistles/<str:number>/", hard.hardwhistle_detail, name="hardwhistle_detail"),
    path("hard-whistles/<str:number>/files/<int:pk>/", hard.hardwhistle_file, name="hardwhistle_file"),
    path("hard-whistles/<str:number>/<slug:step>/", hard.hardwhistle_step, name="hardwhistle_step"),
]
