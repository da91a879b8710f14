"""Every model of the hotline, gathered for Django."""

from hotline.models.beside import (
    TicketAnswer,
    TicketAssist,
    TicketAttachment,
    TicketCallback,
    TicketContact,
    TicketPush,
    TicketReminder,
    TicketWording,
)
from hotline.models.ledgers import Knowledge, Training
from hotline.models.ticket import Ticket, TicketEvent, TicketSight, TicketStanding

__all__ = [
    "Knowledge", "Ticket", "TicketAnswer", "TicketAssist", "TicketAttachment", "TicketCallback", "TicketContact",
    "TicketEvent", "TicketPush", "TicketReminder", "TicketSight", "TicketStanding", "TicketWording", "Training",
]  # fmt: skip
