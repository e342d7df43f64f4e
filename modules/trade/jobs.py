"""Trade's jobs."""

from modules.trade.bridges.tracking import track_often as track_often  # declared by standing here
from modules.trade.bridges.tracking import track_parcels as track_parcels
from modules.trade.complaints.jobs import of_complaints as of_complaints  # declared by standing here
from modules.trade.complaints.jobs import remind_every_morning as remind_every_morning
from modules.trade.expiring import release_every_night as release_every_night
from modules.trade.expiring import release_reservations as release_reservations
from modules.trade.points.job import expire_every_night as expire_every_night
from modules.trade.points.job import expire_points_job as expire_points_job
from modules.trade.repeating.job import every_night as every_night  # declared by standing here
from modules.trade.repeating.job import repeating as repeating
