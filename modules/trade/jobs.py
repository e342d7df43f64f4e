"""Trade's jobs."""

from modules.trade.complaints.jobs import of_complaints as of_complaints  # declared by standing here
from modules.trade.complaints.jobs import remind_every_morning as remind_every_morning
