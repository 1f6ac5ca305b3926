"""What is published as files: dumps, versions, exports, and the way to other engines."""
