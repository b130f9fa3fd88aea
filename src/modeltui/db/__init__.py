"""The store: tables, migrations, the engine and its transactions, and reading into records."""
