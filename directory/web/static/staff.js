// Everything here is a help on top of staff pages that work without it. Nothing is stored, no HTML comes from strings.
document.querySelector("[role=alert]")?.focus();
