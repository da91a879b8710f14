"""Addresses of the grid app's pages."""

from django.urls import path

from grid.views import areas, assessments, exclusions, grids, ledgers, places, urban

urlpatterns = [
    path("grid/", areas.area_tree, name="area_tree"),
    path("grid/<int:pk>/", areas.area_detail, name="area_detail"),
    path("grid/<int:pk>/children/", areas.area_children, name="area_children"),
    path("grid/<int:pk>/new/", grids.grid_new, name="grid_new"),
    path("grid/<int:pk>/edit/", grids.grid_edit, name="grid_edit"),
    path("grid/<int:pk>/close/", grids.grid_close, name="grid_close"),
    path("grid/urban/", urban.urban_list, name="urban_list"),
    path("grid/urban/confirm/", urban.urban_confirm, name="urban_confirm"),
    path("assessments/", assessments.assessment_list, name="assessment_list"),
    path("assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("assessments/scores/<int:pk>/", assessments.score_detail, name="score_detail"),
    path("assessments/<str:number>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<str:number>/results/", assessments.assessment_results, name="assessment_results"),
    path("assessments/<str:number>/<slug:step>/", assessments.assessment_step, name="assessment_step"),
    path("zero-complaints/", assessments.zero_complaint_list, name="zero_complaint_list"),
    path("places/", places.place_list, name="place_list"),
    path("places/new/", places.place_new, name="place_new"),
    path("places/<int:pk>/", places.place_detail, name="place_detail"),
    path("places/<int:pk>/edit/", places.place_edit, name="place_edit"),
    path("places/<int:pk>/delete/", places.place_delete, name="place_delete"),
    path("exclusions/", exclusions.exclusion_list, name="exclusion_list"),
    path("exclusions/new/", exclusions.exclusion_new, name="exclusion_new"),
    path("exclusions/<int:pk>/", exclusions.exclusion_detail, name="exclusion_detail"),
    path("ledgers/staff/", ledgers.staff_list, name="staff_list"),
    path("ledgers/estates/", ledgers.estate_list, name="estate_list"),
    path("ledgers/video/", ledgers.video_list, name="video_list"),
    path("ledgers/communities/", ledgers.community_list, name="community_list"),
    path("ledgers/<slug:ledger>/new/", ledgers.ledger_new, name="ledger_new"),
    path("ledgers/<slug:ledger>/<int:pk>/", ledgers.ledger_row, name="ledger_row"),
    path("ledgers/<slug:ledger>/<int:pk>/edit/", ledgers.ledger_edit, name="ledger_edit"),
    path("ledgers/<slug:ledger>/<int:pk>/end/", ledgers.ledger_end, name="ledger_end"),
]
