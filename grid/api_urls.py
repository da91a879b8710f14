"""Addresses below /api/v1/."""

from django.urls import path

from grid import api, api_exclusions

urlpatterns = [
    path("assessments/", api.assessments, name="api_assessments"),
    *api.ASSESSMENTS.urls(),
    path("assessments/<int:pk>/", api.assessment, name="api_assessment"),
    path("assessments/<int:pk>/results/", api.results, name="api_assessment_results"),
    path("assessments/<int:pk>/events/", api.events, name="api_assessment_events"),
    path("complaint-exclusions/", api_exclusions.exclusions, name="api_exclusions"),
    path("complaint-exclusions/<int:pk>/", api_exclusions.exclusion, name="api_exclusion"),
    path("complaint-exclusions/<int:pk>/decide/", api_exclusions.decide, name="api_decide_exclusion"),
    path("rewards/", api.rewards, name="api_rewards"),
]
