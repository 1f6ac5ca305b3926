"""What every answer shares: format, language, headers, errors."""
