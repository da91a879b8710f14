"""Addresses below /api/v1/."""

from django.urls import path

from whistle import api, hard_api

urlpatterns = [
    path("whistles/", api.whistles, name="api_whistles"),
    *api.WHISTLES.urls(),
    path("whistles/<str:number>/", api.whistle, name="api_whistle"),
    path("whistles/<str:number>/events/", api.events, name="api_whistle_events"),
    path("whistles/<str:number>/attachments/", api.attachments, name="api_whistle_attachments"),
    path("whistles/<str:number>/attachments/<int:pk>/", api.attachment, name="api_whistle_file"),
    path("hard-whistles/", hard_api.hard_whistles, name="api_hard_whistles"),
    *hard_api.HARD_WHISTLES.urls(),
    path("hard-whistles/<str:number>/", hard_api.hard_whistle, name="api_hard_whistle"),
    path("hard-whistles/<str:number>/events/", hard_api.events, name="api_hard_whistle_events"),
]
