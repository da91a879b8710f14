"""Addresses below /api/v1/."""

from django.urls import path

from hotline import api, ledger_api

urlpatterns = [
    path("tickets/", api.tickets, name="api_tickets"),
    path("tickets/import/", api.import_tickets, name="api_tickets_import"),
    *api.TICKETS.urls(),
    path("tickets/<str:number>/", api.ticket, name="api_ticket"),
    path("tickets/<str:number>/events/", api.events, name="api_ticket_events"),
    path("tickets/<str:number>/reveal/", api.reveal, name="api_ticket_reveal"),
    path("tickets/<str:number>/attachments/", api.attachments, name="api_ticket_attachments"),
    path("tickets/<str:number>/attachments/<int:pk>/", api.attachment, name="api_ticket_file"),
    path("trainings/", ledger_api.trainings, name="api_trainings"),
    path("trainings/<int:pk>/", ledger_api.training, name="api_training"),
    path("trainings/<int:pk>/withdraw/", ledger_api.training_withdraw, name="api_training_withdraw"),
    path("knowledge/", ledger_api.knowledge_list, name="api_knowledge_list"),
    path("knowledge/<int:pk>/", ledger_api.knowledge, name="api_knowledge"),
    path("knowledge/<int:pk>/review/", ledger_api.knowledge_review, name="api_knowledge_review"),
    path("knowledge/<int:pk>/retire/", ledger_api.knowledge_retire, name="api_knowledge_retire"),
]
