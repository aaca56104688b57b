"""From what somebody asks to ranked services with facets: one request, one find(), two engines."""
