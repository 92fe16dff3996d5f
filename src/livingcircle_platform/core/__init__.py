"""Hold what every room needs: geometry, records, jobs, errors, pages."""
