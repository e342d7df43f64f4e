"""What people choose to be notified of in trade."""

from modules.trade.complaints.notices import complaint_given as complaint_given
from modules.trade.complaints.notices import complaint_overdue as complaint_overdue
