"""HTTP for every response: content negotiation, language, parameters, headers, errors."""
