"""Records of the grid app: the place dictionary, the work of the grids, their assessment, and the thin ledgers."""

from grid.models.assessments import Appeal, Assessment, AssessmentEvent, AssessmentReview, GridScore, ZeroComplaint
from grid.models.inputs import ComplaintExclusion, GridWork, ManualIndicator
from grid.models.ledgers import Estate, ModelCommunity, StaffMember, VideoPoint
from grid.models.places import Place, PlaceAlias

__all__ = [
    "Appeal", "Assessment", "AssessmentEvent", "AssessmentReview", "ComplaintExclusion", "Estate", "GridScore", "GridWork",
    "ManualIndicator", "ModelCommunity", "Place", "PlaceAlias", "StaffMember", "VideoPoint", "ZeroComplaint",
]  # fmt: skip
