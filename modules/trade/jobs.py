"""Trade's jobs."""

from modules.trade.repeating.job import every_night as every_night  # declared by standing here
from modules.trade.repeating.job import repeating as repeating
