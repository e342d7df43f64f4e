"""What people choose to be notified of."""

from modules.warehouse.certificates.reminding import certificate_expires as certificate_expires
