"""What was seen at a service, from the formats in which people keep it and back to them. Pure: text in, text out."""
