"""The staff console: work queues, the phone desk, requests, services; pages that work without JavaScript."""
