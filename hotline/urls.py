"""The addresses of the hotline's pages."""

from django.urls import path

from hotline.views import choosing, importing, intake, ledgers, many, tickets

urlpatterns = [
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", intake.ticket_new, name="ticket_new"),
    path("tickets/grids/", choosing.grid_options, name="grid_options"),
    path("tickets/import/", importing.ticket_import, name="ticket_import"),
    path("tickets/import/mapping/", importing.ticket_import_mapping, name="ticket_import_mapping"),
    path("tickets/many/<slug:step>/", many.tickets_step, name="tickets_step"),
    path("tickets/<str:number>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<str:number>/reveal/", tickets.ticket_reveal, name="ticket_reveal"),
    path("tickets/<str:number>/attach/", tickets.ticket_attach, name="ticket_attach"),
    path("tickets/<str:number>/receipt/", tickets.ticket_receipt, name="ticket_receipt"),
    path("tickets/<str:number>/files/<int:pk>/", tickets.ticket_file, name="ticket_file"),
    path("tickets/<str:number>/<slug:step>/", tickets.ticket_step, name="ticket_step"),
    path("trainings/", ledgers.training_list, name="training_list"),
    path("trainings/new/", ledgers.training_new, name="training_new"),
    path("trainings/<int:pk>/", ledgers.training_detail, name="training_detail"),
    path("trainings/<int:pk>/withdraw/", ledgers.training_withdraw, name="training_withdraw"),
    path("knowledge/", ledgers.knowledge_list, name="knowledge_list"),
    path("knowledge/new/", ledgers.knowledge_new, name="knowledge_new"),
    path("knowledge/answer/", choosing.knowledge_answer, name="knowledge_answer"),
    path("knowledge/<int:pk>/", ledgers.knowledge_detail, name="knowledge_detail"),
    path("knowledge/<int:pk>/edit/", ledgers.knowledge_edit, name="knowledge_edit"),
    path("knowledge/<int:pk>/retire/", ledgers.knowledge_retire, name="knowledge_retire"),
    path("knowledge/<int:pk>/review/", ledgers.knowledge_review, name="knowledge_review"),
]
