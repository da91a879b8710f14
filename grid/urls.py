"""Addresses of the grid app's pages."""

from django.urls import path

from grid.views import areas, assessments, ledgers

urlpatterns = [
    path("grid/", areas.area_tree, name="area_tree"),
    path("grid/<int:pk>/", areas.area_detail, name="area_detail"),
    path("grid/<int:pk>/children/", areas.area_children, name="area_children"),
    path("assessments/", assessments.assessment_list, name="assessment_list"),
    path("assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("assessments/scores/<int:pk>/", assessments.score_detail, name="score_detail"),
    path("assessments/<str:number>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<str:number>/results/", assessments.assessment_results, name="assessment_results"),
    path("assessments/<str:number>/<slug:step>/", assessments.assessment_step, name="assessment_step"),
    path("zero-complaints/", assessments.zero_complaint_list, name="zero_complaint_list"),
    path("ledgers/staff/", ledgers.staff_list, name="staff_list"),
    path("ledgers/estates/", ledgers.estate_list, name="estate_list"),
    path("ledgers/video/", ledgers.video_list, name="video_list"),
    path("ledgers/communities/", ledgers.community_list, name="community_list"),
]
