"""Documentation on the site: how-to pages for people, descriptions of the API for programs."""
