"""The command line: one thin file per noun; every rule it shows is the service layer's."""
