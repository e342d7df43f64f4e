"""A test mail: shows that the settings work, to whoever asks for it and to nobody else."""

from email.message import EmailMessage

from flask_babel import gettext as _

from app.mail.sending import send
from app.mail.settings import MailSettings


def send_test(settings: MailSettings, *, to: str, company: str) -> None:
    """Send a mail that says that mail arrives. Refused as by `send`."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, to
    message["Subject"] = _("Test mail from Kontor")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice answers it
    message.set_content(_("Mail from %(company)s arrives.", company=" ".join(company.split())) + "\n")
    send(settings, message)
