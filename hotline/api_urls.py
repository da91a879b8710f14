"""Addresses below /api/v1/."""

from django.urls import path

from hotline import api

urlpatterns = [
    path("tickets/", api.tickets, name="api_tickets"),
    path("tickets/import/", api.import_tickets, name="api_tickets_import"),
    *api.TICKETS.urls(),
    path("tickets/<str:number>/", api.ticket, name="api_ticket"),
    path("tickets/<str:number>/events/", api.events, name="api_ticket_events"),
    path("tickets/<str:number>/reveal/", api.reveal, name="api_ticket_reveal"),
    path("tickets/<str:number>/attachments/", api.attachments, name="api_ticket_attachments"),
    path("tickets/<str:number>/attachments/<int:pk>/", api.attachment, name="api_ticket_file"),
]
