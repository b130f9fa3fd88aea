"""The service layer: every rule of the catalog, one transaction per public method."""
