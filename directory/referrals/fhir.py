"""One referral in the words of other systems: FHIR R4, a ServiceRequest (the need) and a Task (the hand-over). Pure.

After the SDOH Clinical Care guide: `fulfill` order, statuses as ours, `rejected`, `failed` and `cancelled` apart, an
output on `completed`. The family appears only where the reader may see it, and by name and contact alone.
"""

from typing import Any

from directory.referrals import codes
from directory.referrals.shapes import ReferralView

_TASK = {"in_progress": "in-progress", "on_hold": "on-hold", "entered_in_error": "entered-in-error"}
_REQUEST = {
    "draft": "draft",
    "completed": "completed",
    "rejected": "revoked",
    "failed": "revoked",
    "cancelled": "revoked",
    "entered_in_error": "entered-in-error",
}


def bundle(referral: ReferralView, base: str) -> dict[str, Any]:
    """A Bundle of type collection. Ids are ours; `base` is the public address of this directory."""
    base = base.rstrip("/")
    patient = _patient(referral)
    subject = {"reference": f"#{patient['id']}"}
    entries = [_service_request(referral, base, subject, patient), _task(referral, base, subject, patient)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": referral.created_at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in entries],
    }


def _service_request(
    referral: ReferralView, base: str, subject: dict[str, str], patient: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": str(referral.request_id),
        "contained": [patient],
        "identifier": [{"system": f"{base}/api/requests", "value": referral.reference}],
        "status": _REQUEST.get(referral.status, "active"),
        "intent": "order",
        "priority": referral.priority,
        "subject": subject,
        "authoredOn": referral.created_at.isoformat(),
        "requester": {"display": "The front door"},
        "performer": [
            {"reference": f"{base}/oruk/v3/services/{referral.service_id}", "display": referral.service_name}
        ],
        "reasonCode": [
            {"coding": [{"system": f"{base}/oruk/v3/taxonomies/needs", "code": need}]}
            for need in referral.needs
        ],
    }
    if not found["reasonCode"]:
        del found["reasonCode"]
    return found


def _task(
    referral: ReferralView, base: str, subject: dict[str, str], patient: dict[str, Any]
) -> dict[str, Any]:
    modified = referral.ended_at or referral.created_at
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": str(referral.id),
        "contained": [patient],
        "meta": {"versionId": str(referral.version)},
        "status": _TASK.get(referral.status, referral.status),
        "intent": "order",
        "priority": referral.priority,
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": f"urn:uuid:{referral.request_id}"},
        "for": subject,
        "authoredOn": referral.created_at.isoformat(),
        "lastModified": modified.isoformat(),
        "requester": {"display": "The front door"},
        "owner": {
            "reference": f"{base}/oruk/v3/services/{referral.service_id}",
            "display": referral.service_name,
        },
    }
    if referral.business:
        task["businessStatus"] = {"text": referral.business}
    if referral.reason:
        task["statusReason"] = {
            "coding": [{"system": f"{base}/api/reasons", "code": referral.reason}],
            "text": codes.REASONS[referral.reason].label,
        }
    if referral.promised:
        task["restriction"] = {"period": {"end": referral.promised.isoformat()}}
    if referral.replaces:
        task["basedOn"] = [{"reference": f"Task/{referral.replaces}"}]
    if referral.outcome:
        task["output"] = [
            {"type": {"text": "outcome"}, "valueCodeableConcept": {
                "coding": [{"system": f"{base}/api/outcomes", "code": referral.outcome}],
                "text": codes.OUTCOMES[referral.outcome].label,
            }}
        ]  # fmt: skip
    return task


def _patient(referral: ReferralView) -> dict[str, Any]:
    """Contained, so that it never stands for a person in anybody's index."""
    found: dict[str, Any] = {"resourceType": "Patient", "id": "family"}
    details = referral.details
    if details is None:
        return found
    if name := details.child_name or details.name:
        found["name"] = [{"text": name}]
    if details.birth_date:
        found["birthDate"] = details.birth_date.isoformat()
    reach = [("phone", details.contact.phone), ("email", details.contact.email)]
    telecom = [
        {"system": system, "value": value}
        for system, value in reach
        if value and system not in details.contact.shared
    ]
    if telecom:
        found["telecom"] = telecom
    if details.language:
        found["communication"] = [{"language": {"text": details.language}}]
    return found
