"""Small widgets on Textual's line API. They know neither the domain, nor the app, nor the screens."""
