"""The terminal screens. They own no rule: every answer and every change comes from the service layer."""
