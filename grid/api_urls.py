"""Addresses below /api/v1/."""

from django.urls import path

from grid import api

urlpatterns = [
    path("assessments/", api.assessments, name="api_assessments"),
    *api.ASSESSMENTS.urls(),
    path("assessments/<int:pk>/", api.assessment, name="api_assessment"),
    path("assessments/<int:pk>/results/", api.results, name="api_assessment_results"),
    path("assessments/<int:pk>/events/", api.events, name="api_assessment_events"),
    path("rewards/", api.rewards, name="api_rewards"),
]
